namespace Goroutines.Net.Epoll;

/// <summary>Keeps a work item that several threads have reasons to queue from being in two queues at once.</summary>
/// <remarks>A thread stores its reason, then calls <see cref="TryQueue"/>. The run calls <see cref="Begin"/>, then looks for reasons. Both are full
/// fences on the same place: a thread that finds the item queued stored its reason before that run's look.</remarks>
internal struct QueueOnce
{
    private int _queued;

    /// <summary>Announces that the caller queues the item.</summary>
    /// <returns><see langword="true"/> if the caller has to queue it; <see langword="false"/> if it is in a queue already.</returns>
    internal bool TryQueue() => Interlocked.Exchange(ref _queued, 1) == 0;

    /// <summary>The item was taken out of its queue and begins to run: from now on it may be queued again.</summary>
    internal void Begin() => Interlocked.Exchange(ref _queued, 0);
}
