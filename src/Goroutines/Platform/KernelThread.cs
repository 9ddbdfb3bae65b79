using System.Runtime.InteropServices;

namespace Goroutines.Platform;

/// <summary>Reads what the system says about a thread: whether one that makes no progress sleeps or computes.</summary>
internal static partial class KernelThread
{
    /// <summary>Returns the kernel's id of the calling thread, or 0 where there is no way to ask about it later.</summary>
    internal static int CurrentId() => OperatingSystem.IsLinux() ? GetThreadId() : 0;

    /// <summary>
    /// Returns whether the thread sleeps at this moment: in the kernel or, if that does not tell, in one of the framework's waits. Returns
    /// false if unknown.
    /// </summary>
    internal static bool IsSleeping(int threadId, Thread? thread)
        => threadId != 0 && OperatingSystem.IsLinux() && AsksKernel(threadId) is { } sleeps
            ? sleeps
            : thread is not null && (thread.ThreadState & ThreadState.WaitSleepJoin) != 0;

    private static bool? AsksKernel(int threadId)
    {
        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle($"/proc/self/task/{threadId}/stat");
            Span<byte> text = stackalloc byte[128];
            text = text[..RandomAccess.Read(file, text, 0)];

            // "tid (name) S …": the name may hold anything but ends at the last parenthesis.
            int end = text.LastIndexOf((byte)')');
            return end >= 0 && end + 2 < text.Length ? text[end + 2] is (byte)'S' or (byte)'D' : null;
        }
        catch (IOException)
        {
            return false; // the thread has just ended
        }
        catch (UnauthorizedAccessException)
        {
            return null; // procfs is not available
        }
    }

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThreadId();
}
