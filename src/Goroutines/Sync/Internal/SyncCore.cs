using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines.Sync;

/// <summary>What the primitives are built on: a lock, and the waiters that it owns. How a wait begins and ends is in <see cref="SyncWaiter"/>.</summary>
/// <remarks>A mutable struct, so that a primitive has it in itself: never copy it.</remarks>
internal struct SyncCore
{
    private SpinMutex _lock;

    /// <summary>Those that wait, in the order in which they are served.</summary>
    internal WaitList<SyncWaiter> Waiters;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter() => _lock.Enter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Exit() => _lock.Exit();
}
