namespace Goroutines.Runtime;

/// <summary>Owns a goroutine's outcome: its handle, or the group it was started in.</summary>
internal interface IOutcomeOwner
{
    /// <summary>Called when the body has failed, before any waiter for the goroutine is woken, so that waiters see the consequences.
    /// The goroutine still counts as alive, since callbacks of the user may run.</summary>
    /// <param name="goroutine">The goroutine.</param>
    /// <param name="failure">The exception that escaped the body.</param>
    void OnFailing(G goroutine, Exception failure);

    /// <summary>Called when the body has ended, on the worker, in the goroutine's last turn. Wakes the waiters.</summary>
    /// <param name="goroutine">The goroutine.</param>
    /// <param name="failure">The exception that escaped the body, or null if there was none.</param>
    void OnCompleted(G goroutine, Exception? failure);

    /// <summary>For reports: the <see cref="IWaitable"/> on which others wait for this goroutine as one of several; null if there is none.</summary>
    object? Group => null;
}
