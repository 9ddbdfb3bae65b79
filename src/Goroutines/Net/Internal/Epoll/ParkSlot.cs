namespace Goroutines.Net.Epoll;

/// <summary>Says whether one direction of a descriptor has news, or an operation that waits for some.</summary>
/// <remarks>
/// <para>
/// Three states, changed by interlocked operations only:
/// <code>
///           TryTakeNews (owner)          TryPark (owner)
///   News ------------------------> Empty -----------------> Parked
///     ^                              |                        |  |
///     +------- AddNews (poller) -----+                        |  |
///     +------- AddNews (poller: claims the operation) --------+  |
///                                    ^                           |
///                                    +--- TryClaim (canceller) --+
/// </code>
/// The owner is the thread that carries out the operation of this direction; there is one at a time. Only the owner takes news and parks.
/// </para>
/// <para>
/// <b>No wake-up is lost.</b> The poller's news are edges. The owner takes the news before its system call, and parks only if none came
/// since. News that come after the call find the operation parked, or make <see cref="TryPark"/> fail, and the owner calls again.
/// </para>
/// <para>
/// <b>A parked operation is completed once.</b> The thread that moves the state away from Parked has the claim: the poller by <see cref="AddNews"/>, a
/// canceller by <see cref="TryClaim"/>. It queues the direction's work item, whose run completes the operation or parks it anew.
/// A canceller stores its request before it tries to claim, and the owner looks for requests after it has parked; both with a full fence.
/// So one of the two sees the other.
/// </para>
/// </remarks>
internal struct ParkSlot
{
    private const int Empty = 0;
    private const int News = 1;
    private const int Parked = 2;

    private int _state;

    /// <summary>A slot with news: nothing is known yet, so a call may succeed.</summary>
    public ParkSlot() => _state = News;

    /// <summary>Whether a call may succeed. By the owner.</summary>
    internal readonly bool HasNews => Volatile.Read(in _state) == News;

    /// <summary>Whether an operation waits. By any thread; it may have been claimed by the time the caller looks at the answer.</summary>
    internal readonly bool IsParked => Volatile.Read(in _state) == Parked;

    /// <summary>Takes the news, before the call that they are about. By the owner.</summary>
    /// <returns><see langword="true"/> if there were any; otherwise, <see langword="false"/>.</returns>
    internal bool TryTakeNews() => Volatile.Read(ref _state) == News && Interlocked.Exchange(ref _state, Empty) == News;

    /// <summary>Notes that the next call may succeed without news. By the owner.</summary>
    internal void KeepNews() => Interlocked.Exchange(ref _state, News);

    /// <summary>Has the operation wait. What its completer needs is stored before.</summary>
    /// <returns><see langword="false"/> if there is news to be taken first.</returns>
    internal bool TryPark() => Interlocked.CompareExchange(ref _state, Parked, Empty) == Empty;

    /// <summary>The poller's news: a call may succeed now.</summary>
    /// <returns><see langword="true"/> if an operation was parked, which the caller has to queue.</returns>
    /// <remarks>News that have not been taken yet cover these: the owner's call comes after it has taken them.</remarks>
    internal bool AddNews() => Volatile.Read(ref _state) != News && Interlocked.Exchange(ref _state, News) == Parked;

    /// <summary>Takes a parked operation without news, to end it.</summary>
    /// <returns><see langword="true"/> if an operation was parked, which the caller has to queue or to complete.</returns>
    internal bool TryClaim() => Interlocked.CompareExchange(ref _state, Empty, Parked) == Parked;
}
