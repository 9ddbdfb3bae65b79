using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>
/// A lock held for a few instructions. Free: one CAS; taken: spin briefly, then give up the time slice.
/// </summary>
/// <remarks>
/// Not a monitor, because a contended monitor inside a goroutine calls back into the scheduler (the goroutine is the
/// thread's <see cref="SynchronizationContext"/> and asks to be told of waits), and the scheduler's own locks must not.
/// Nothing that may block, allocate much or run foreign code happens under one. A mutable struct: never copy it.
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

    /// <summary>Releases; the release store pairs with the acquiring CAS of the next holder.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Exit()
    {
        Debug.Assert(_held == 1, "Released a SpinMutex that is not held.");
        Volatile.Write(ref _held, 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterContended()
    {
        // The holder may have lost its core to this very thread, so spinning soon turns into yielding, and yielding
        // (which a lower-priority holder can't profit from) into a sleep.
        SpinWait spin = default;
        do
        {
            spin.SpinOnce(sleep1Threshold: 60);
        }
        while (Volatile.Read(ref _held) != 0 || Interlocked.CompareExchange(ref _held, 1, 0) != 0);
    }
}
