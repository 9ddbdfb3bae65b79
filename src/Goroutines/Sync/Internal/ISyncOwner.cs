using Goroutines.Runtime;

namespace Goroutines.Sync;

/// <summary>The primitive that a <see cref="SyncWaiter"/> waits for.</summary>
internal interface ISyncOwner
{
    /// <summary>The waiter's token has fired: takes the waiter back, if it still waits, and completes it as cancelled.</summary>
    void Cancel(SyncWaiter waiter);

    /// <summary>The waiter's goroutine will never go on: takes the waiter back, or what it was given. By whoever has the goroutine to itself.</summary>
    void Abandon(SyncWaiter waiter) => Cancel(waiter);

    /// <summary>What a waiter that was not cancelled throws from its wait; null: nothing. On the awaiter's side.</summary>
    SharedFailure? FailureOf(SyncWaiter waiter) => null;

    /// <summary>What a waiter for a lock has got. On the awaiter's side.</summary>
    Holder HolderFor(SyncWaiter waiter) => default;
}
