using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>
/// A lock that is held for a few instructions. If it is free, one CAS takes it; if it is taken, the thread spins briefly and then
/// gives up its time slice.
/// </summary>
/// <remarks>
/// It is not a monitor, because a contended monitor inside a goroutine calls back into the scheduler (the goroutine is
/// the thread's <see cref="SynchronizationContext"/> and asks to be notified of waits), and the scheduler's own locks
/// must not. Nothing that may block, allocate much or run foreign code happens while one is held. It is a mutable
/// struct: never copy it.
/// </remarks>
internal struct SpinMutex
{
    private int _held;

    internal readonly bool IsHeld => Volatile.Read(in _held) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter()
    {
        if (Interlocked.CompareExchange(ref _held, 1, 0) != 0)
        {
            EnterContended();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryEnter() => Volatile.Read(ref _held) == 0 && Interlocked.CompareExchange(ref _held, 1, 0) == 0;

    /// <summary>Releases the lock. The release store pairs with the acquiring CAS of the next holder.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Exit()
    {
        Debug.Assert(_held == 1, "Released a SpinMutex that is not held.");
        Volatile.Write(ref _held, 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterContended()
    {
        // The holder may have lost its core to this very thread. So spinning soon turns into yielding, and yielding
        // (which does not help a lower-priority holder) into a sleep.
        SpinWait spin = default;
        do
        {
            spin.SpinOnce(sleep1Threshold: 60);
        }
        while (Volatile.Read(ref _held) != 0 || Interlocked.CompareExchange(ref _held, 1, 0) != 0);
    }
}
