namespace Goroutines.Runtime;

/// <summary>Who a goroutine's outcome belongs to: its handle, or the group it was started in.</summary>
internal interface IOutcome
{
    /// <summary>The body has failed. Called before anybody who waits for the goroutine is woken, so that they see its
    /// consequences, and while it still counts as alive, since callbacks of the user's may run.</summary>
    /// <param name="goroutine">The goroutine.</param>
    /// <param name="failure">What left the body.</param>
    void Failing(G goroutine, Exception failure);

    /// <summary>The body has ended: wakes those who wait for that. On the worker, in the goroutine's last turn.</summary>
    /// <param name="goroutine">The goroutine.</param>
    /// <param name="failure">What left the body; null: nothing.</param>
    void Complete(G goroutine, Exception? failure);
}
