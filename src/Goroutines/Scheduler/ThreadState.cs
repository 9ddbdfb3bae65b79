using System.Runtime.InteropServices;

namespace Goroutines.Scheduler;

/// <summary>What the system says about a thread: whether one that makes no progress sleeps or computes.</summary>
internal static partial class ThreadState
{
    /// <summary>The kernel's id of the calling thread, or 0 where there is no way to ask about it later.</summary>
    internal static int CurrentId() => OperatingSystem.IsLinux() ? GetThreadId() : 0;

    /// <summary>Whether the thread sleeps in the kernel at this moment; false when unknown.</summary>
    internal static bool IsSleeping(int threadId)
    {
        if (threadId == 0 || !OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle($"/proc/self/task/{threadId}/stat");
            Span<byte> text = stackalloc byte[128];
            text = text[..RandomAccess.Read(file, text, 0)];

            // "tid (name) S …": the name may hold anything but ends at the last parenthesis.
            int end = text.LastIndexOf((byte)')');
            return end >= 0 && end + 2 < text.Length && text[end + 2] is (byte)'S' or (byte)'D';
        }
        catch (IOException)
        {
            return false; // the thread has just ended
        }
        catch (UnauthorizedAccessException)
        {
            return false; // no procfs for us: compensation then waits for the longer limit
        }
    }

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThreadId();
}
