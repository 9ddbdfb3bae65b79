namespace Goroutines.Runtime;

/// <summary>Owns a goroutine's outcome: its handle, or the group it was started in.</summary>
internal interface IOutcomeOwner
{
    /// <summary>Called when the body has failed. It comes before any of those who wait for the goroutine is woken, so that they see its
    /// consequences, and while the goroutine still counts as alive, since callbacks of the user's may run.</summary>
    /// <param name="goroutine">The goroutine.</param>
    /// <param name="failure">What left the body.</param>
    void OnFailing(G goroutine, Exception failure);

    /// <summary>Called when the body has ended; wakes those who wait for that. On the worker, in the goroutine's last turn.</summary>
    /// <param name="goroutine">The goroutine.</param>
    /// <param name="failure">What left the body; null if nothing did.</param>
    void OnCompleted(G goroutine, Exception? failure);

    /// <summary>What those wait for who wait for this goroutine among others, an <see cref="IWaitable"/>; null if there is no such thing. For reports.</summary>
    object? Group => null;
}
