namespace Goroutines.Context;

/// <summary>What can end a context: a node of our own, or a token from outside. Contexts that never end have none.</summary>
internal abstract class CancelSource
{
    /// <summary>Closed when it has ended.</summary>
    internal abstract Receiver<Unit> Done { get; }

    /// <summary>Null until it has ended. Not null: <see cref="Done"/> is closed.</summary>
    internal abstract Exception? Err { get; }

    internal abstract Exception? Cause { get; }

    internal virtual DateTimeOffset? Deadline => null;

    /// <summary>What has the timer of the deadline: itself or the nearest above.</summary>
    internal virtual DeadlineNode? Timed => null;

    internal abstract CancellationToken Token { get; }

    /// <summary>Sees to it that <paramref name="child"/>, which nobody else knows yet, ends with this one: at once, if this one has ended.</summary>
    internal abstract void Adopt(CancelNode child);

    /// <summary>Forgets <paramref name="child"/>, which has ended or is no longer wanted.</summary>
    internal abstract void Release(CancelNode child);

    internal static OperationCanceledException Canceled() => new("context canceled");
}
