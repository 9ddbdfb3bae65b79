namespace Goroutines.Runtime;

/// <summary>An object that goroutines wait for, as reports see it.</summary>
internal interface IWaitable
{
    /// <summary>Reads the object's state. From any thread, at any moment: what is read need not have held all at once.</summary>
    /// <remarks>It takes no lock that a goroutine holds for longer than a few instructions, and calls nothing of the user's.</remarks>
    WaitableState Inspect();
}

/// <summary>A moment's reading of an <see cref="IWaitable"/>.</summary>
/// <param name="Kind">What kind of thing it is: <c>channel</c>, <c>mutex</c>, <c>timer</c> and so on.</param>
/// <param name="Type">Its type in C#'s words.</param>
internal sealed record WaitableState(string Kind, string Type)
{
    /// <summary>A number that the object has anyway; 0 if it has none.</summary>
    internal long OwnNumber { get; init; }

    /// <summary>Values in a channel's buffer, or what a group or semaphore counts; null where nothing is counted.</summary>
    internal long? Count { get; init; }

    /// <summary>The most there may be of what <see cref="Count"/> counts; null where there is no such bound.</summary>
    internal long? Capacity { get; init; }

    /// <summary>Of a channel: whether it is closed. Of something that ends once: whether it has.</summary>
    internal bool IsClosed { get; init; }

    /// <summary>Of a lock: whether it is held; null for what is no lock.</summary>
    internal bool? IsHeld { get; init; }

    /// <summary>Those that hold it, as far as that is known, by <see cref="HolderMark"/>.</summary>
    internal long[] Holders { get; init; } = [];

    /// <summary>Whether it wakes those that wait without any goroutine's doing: a timer, a socket, a task.</summary>
    internal bool EndsByItself { get; init; }

    /// <summary>Of a select: the channels of its cases, and whether the case sends.</summary>
    internal (object Channel, bool Sends)[] Cases { get; init; } = [];
}
