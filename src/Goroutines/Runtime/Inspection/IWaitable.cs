namespace Goroutines.Runtime;

/// <summary>An object that goroutines wait for, as reports see it.</summary>
internal interface IWaitable
{
    /// <summary>Reads the object's state. From any thread, at any moment: the values read need not all have been true at the same time.</summary>
    /// <remarks>It takes no lock that a goroutine holds for longer than a few instructions, and calls no user code.</remarks>
    WaitableState Inspect();
}

/// <summary>A reading of an <see cref="IWaitable"/> at one moment.</summary>
/// <param name="Kind">The kind of the object: <c>channel</c>, <c>mutex</c>, <c>timer</c> and so on.</param>
/// <param name="Type">Its type, as written in C#.</param>
internal sealed record WaitableState(string Kind, string Type)
{
    /// <summary>A number that the object has anyway, or 0 if it has none.</summary>
    internal long OwnNumber { get; init; }

    /// <summary>The number of values in a channel's buffer, or what a group or semaphore counts; null if nothing is counted.</summary>
    internal long? Count { get; init; }

    /// <summary>The maximum of <see cref="Count"/>; null if there is no such bound.</summary>
    internal long? Capacity { get; init; }

    /// <summary>For a channel: whether it is closed. For something that ends once: whether it has ended.</summary>
    internal bool IsClosed { get; init; }

    /// <summary>For a lock: whether it is held; null for what is not a lock.</summary>
    internal bool? IsHeld { get; init; }

    /// <summary>The holders, as far as they are known, by <see cref="HolderMark"/>.</summary>
    internal long[] Holders { get; init; } = [];

    /// <summary>Whether it wakes its waiters without any goroutine doing something: a timer, a socket, a task.</summary>
    internal bool EndsByItself { get; init; }

    /// <summary>For a select: the channels of its cases, and whether each case sends.</summary>
    internal (object Channel, bool Sends)[] Cases { get; init; } = [];
}
