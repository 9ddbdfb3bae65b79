using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines.Sync;

/// <summary>The core of every primitive: a lock, and the waiters that it guards. <see cref="SyncWaiter"/> begins and ends waits.</summary>
/// <remarks>A mutable struct, which a primitive embeds: never copy it.</remarks>
internal struct SyncCore
{
    private SpinMutex _lock;

    /// <summary>The waiters, in the order in which they are served.</summary>
    internal WaitList<SyncWaiter> Waiters;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter() => _lock.Enter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Exit() => _lock.Exit();
}
