namespace Goroutines.Runtime;

/// <summary>Is notified of what orders the steps of goroutines. The race detector of Goroutines.Race is one; a program that is not checked has none.</summary>
/// <remarks>
/// <para>"The caller" is the goroutine, task or thread that makes the call. <em>Release</em> stores what the caller has done so far with an object, <em>acquire</em> orders that
/// before what the caller does next. The rules are Go's (runtime/race, and the annotations in chan.go, sync/*.go and time.go).</para>
/// <para>The calls come from inside the operations, some under the lock of the object: an implementation calls nothing of the library and does not throw.</para>
/// </remarks>
internal abstract class RaceObserver
{
    /// <summary>Called by the creator of a goroutine, whose steps so far come before all of the goroutine's.</summary>
    internal abstract void Created(G goroutine);

    /// <summary>Called in the last turn of a goroutine, after it has released its steps to those that wait for its end.</summary>
    internal abstract void Ended(G goroutine);

    /// <summary>Orders what was released with <paramref name="sync"/> before all steps of a goroutine that has not started.</summary>
    internal abstract void AcquireFor(G goroutine, object sync);

    /// <summary>Orders what was released with <paramref name="sync"/> before the steps that follow <paramref name="wait"/>.</summary>
    internal abstract void Pass(object sync, object wait);

    /// <summary>Orders what all goroutines of <paramref name="runtime"/> have done so far before the caller's next steps. All of them are blocked.</summary>
    internal abstract void AcquireAll(object runtime);

    /// <summary>Orders what was released with <paramref name="sync"/> before the caller's next steps.</summary>
    internal abstract void Acquire(object sync, RacePart part);

    /// <summary>Stores the caller's steps with <paramref name="sync"/>, in place of what was stored before.</summary>
    internal abstract void Release(object sync, RacePart part);

    /// <summary>Stores the caller's steps with <paramref name="sync"/>, in addition to what was stored before.</summary>
    internal abstract void ReleaseMerge(object sync, RacePart part);

    /// <summary>Called when a wait begins that the other side completes. <paramref name="wait"/> is the operation of a channel, or the select.</summary>
    internal abstract void Waits(object wait);

    /// <summary>Called by the thread that completes an operation: its steps so far come before those of the one that takes the result.</summary>
    internal abstract void Completes(WaitSource source);

    /// <summary>Called by the one that takes the result of a completed operation.</summary>
    internal abstract void Completed(WaitSource source);

    /// <summary>Called under the channel's lock, by a sender whose value goes into the buffer or to a waiting receiver.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="capacity">Its capacity.</param>
    /// <param name="buffered">How many values were in the buffer before.</param>
    /// <param name="receiver">The waiting receive or select; null if the value goes into the buffer.</param>
    internal abstract void Sent(object channel, int capacity, int buffered, object? receiver);

    /// <summary>Called under the channel's lock, by a receiver that gets a value from the buffer or from a waiting sender.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="capacity">Its capacity.</param>
    /// <param name="buffered">How many values were in the buffer before.</param>
    /// <param name="sender">The waiting send or select whose value it is; null if the value comes from the buffer.</param>
    internal abstract void Received(object channel, int capacity, int buffered, object? sender);

    /// <summary>Called under the channel's lock, by the receiver that has just taken a value from a full buffer: the value of a waiting sender takes the place.</summary>
    internal abstract void SentFromQueue(object channel, int capacity, object sender);

    /// <summary>Called by a goroutine that puts an operation off: its stack will not be there when the operation is performed.</summary>
    internal abstract void Defers();

    /// <summary>Called at the start of a send: it races with a close that is not ordered with it.</summary>
    internal abstract void SendBegins(object channel);

    /// <summary>Called at the start of a close.</summary>
    internal abstract void CloseBegins(object channel);

    /// <summary>Called when a group counts up from zero: that races with a wait that is not ordered with it.</summary>
    internal abstract void CountsUp(object group);

    /// <summary>Called when the first waiter of a group begins to wait.</summary>
    internal abstract void FirstWaiter(object group);

    /// <summary>Called before a runtime begins to run a test: from here on its races are kept for <see cref="TakeRaces"/>.</summary>
    internal abstract void Watch(object runtime, RaceStackRequest? stack);

    /// <summary>Returns the races of a watched runtime, and ends watching.</summary>
    internal abstract IReadOnlyList<RaceFinding> TakeRaces(object runtime);

    /// <summary>The races found so far that are charged to no watched runtime.</summary>
    internal abstract IReadOnlyList<RaceFinding> Races { get; }

    /// <summary>Called when a check begins (+1) or ends (−1) that throws what is found in <see cref="Races"/>: meanwhile races are not printed.</summary>
    internal abstract void Check(int change);
}
