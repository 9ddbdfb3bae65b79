using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Goroutines.Platform;

namespace Goroutines.Runtime;

/// <summary>The place where one thread sleeps (runtime/runtime2.go: <c>note</c>). A wake-up that comes first is kept.</summary>
/// <remarks>
/// <c>_state</c>: 0 empty, 1 signalled, −1 a thread sleeps (or is about to). Written by the sleeper (0 → −1, and back to
/// 0 on waking) and by wakers (→ 1, by exchange: exactly one of them sees −1 and makes the system call).
/// The sleeper goes back to 0 by an exchange, too. A waker stores its news before it signals, and the sleeper looks for the
/// news after it woke. Without the fence, that look could come before the store of 0, which would then wipe out the signal
/// of news that were not seen.
/// On Linux the sleep is a futex, elsewhere a semaphore. Both are invisible to the wait notification of goroutines.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore whose wait handle nobody asks for holds nothing.")]
internal sealed partial class ParkingNote
{
    /// <summary>One day. A thread that sleeps longer wakes and checks then.</summary>
    private const long LongestSleep = 86_400_000_000_000;

    private const int Empty = 0;
    private const int Signalled = 1;
    private const int Sleeping = -1;

    private static readonly bool s_futex = OperatingSystem.IsLinux()
        && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    private readonly SemaphoreSlim? _portable = s_futex ? null : new SemaphoreSlim(0, 1);
    private int _state;

    /// <summary>Whether a wake-up is kept here. Checked, after a full fence, by a thread that is about to sleep elsewhere.</summary>
    internal bool IsSignalled => Volatile.Read(ref _state) == Signalled;

    /// <summary>Wakes the thread that sleeps here, or makes the next <see cref="Sleep"/> return at once. A full fence.</summary>
    /// <returns>Whether the wake-up is kept: no thread was asleep here, and no wake-up was kept already.</returns>
    internal bool Wake()
    {
        int state = Interlocked.Exchange(ref _state, Signalled);
        if (state == Sleeping)
        {
            if (_portable is not null)
            {
                _portable.Release();
            }
            else
            {
                Futex.Wake(ref _state);
            }
        }

        return state == Empty;
    }

    /// <summary>Drops a kept wake-up: the thread has slept elsewhere and is awake.</summary>
    internal void Clear() => Interlocked.Exchange(ref _state, Empty);

    /// <summary>Sleeps until <see cref="Wake"/> or the time-out. Only one thread may sleep on a note.</summary>
    /// <param name="nanoseconds">The longest sleep in nanoseconds, or a negative value for no limit.</param>
    /// <param name="spins">How often to check for a wake-up before sleeping.</param>
    /// <returns><see langword="true"/> if woken; <see langword="false"/> if the time was up.</returns>
    internal bool Sleep(long nanoseconds, int spins = 0)
    {
        for (int i = 0; i < spins; i++)
        {
            if (Volatile.Read(ref _state) == Signalled)
            {
                break;
            }

            Thread.SpinWait(8);
        }

        if (Interlocked.CompareExchange(ref _state, Sleeping, Empty) != Empty)
        {
            Interlocked.Exchange(ref _state, Empty);
            return true;
        }

        if (_portable is not null)
        {
            return SleepPortable(nanoseconds);
        }

        nanoseconds = Math.Min(nanoseconds, LongestSleep);
        long deadline = nanoseconds < 0 ? long.MaxValue : Clock.SystemNanoseconds() + nanoseconds;
        while (Volatile.Read(ref _state) == Sleeping)
        {
            long left = -1;
            if (nanoseconds >= 0)
            {
                left = deadline - Clock.SystemNanoseconds();
                if (left <= 0)
                {
                    break;
                }
            }

            Futex.Wait(ref _state, Sleeping, left);
        }

        // Either a waker has stored Signalled, or the time is up and a late waker's exchange decides.
        return Interlocked.Exchange(ref _state, Empty) == Signalled;
    }

    private bool SleepPortable(long nanoseconds)
    {
        int milliseconds = nanoseconds < 0 ? Timeout.Infinite : (int)Math.Min(int.MaxValue, (nanoseconds + 999_999) / 1_000_000);
        bool released = _portable!.Wait(milliseconds);
        if (!released && Interlocked.CompareExchange(ref _state, Empty, Sleeping) != Sleeping)
        {
            _portable.Wait(); // a waker got in between: its release is on the way and must not be left over
            released = true;
        }

        Interlocked.Exchange(ref _state, Empty);
        return released;
    }
}
