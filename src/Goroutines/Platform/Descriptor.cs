using Microsoft.Win32.SafeHandles;

namespace Goroutines.Platform;

/// <summary>A file descriptor that this library owns: an epoll instance, an eventfd, an accepted connection.</summary>
internal sealed class Descriptor : SafeHandleMinusOneIsInvalid
{
    /// <param name="number">What the system call returned; −1 if it failed, in which case this is invalid.</param>
    internal Descriptor(int number)
        : base(ownsHandle: true) => SetHandle(number);

    /// <summary>Closes it. Linux frees the number whatever close returns, so there is nothing to try again.</summary>
    protected override bool ReleaseHandle() => Libc.Close(handle) == 0;
}
