using System.Runtime.InteropServices;

namespace Goroutines.Platform;

/// <summary>Linux's futex: sleeps on an address, and wakes a thread that sleeps there.</summary>
internal static partial class Futex
{
    private const int WaitPrivate = 0 | 128;
    private const int WakePrivate = 1 | 128;

    private static readonly nint s_number = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 202 : 98;

    internal static unsafe void Wait(ref int address, int expected, long nanoseconds)
    {
        fixed (int* pointer = &address)
        {
            TimeSpec time = new() { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };

            // EAGAIN, EINTR and ETIMEDOUT all mean: look at the state again, which the caller does.
            _ = SystemCall(s_number, pointer, WaitPrivate, expected, nanoseconds < 0 ? null : &time, null, 0);
        }
    }

    internal static unsafe void Wake(ref int address)
    {
        fixed (int* pointer = &address)
        {
            _ = SystemCall(s_number, pointer, WakePrivate, 1, null, null, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static unsafe partial nint SystemCall(nint number, int* address, nint operation, nint value, TimeSpec* timeout, int* address2, nint value3);

    private struct TimeSpec
    {
        internal long Seconds;
        internal long Nanoseconds;
    }
}
