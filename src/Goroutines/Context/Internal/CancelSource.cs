namespace Goroutines.Context;

/// <summary>A source that can end a context: a node of this library, or a framework token. Contexts that never end have none.</summary>
internal abstract class CancelSource
{
    /// <summary>Closed when it has ended.</summary>
    internal abstract Receiver<Unit> Done { get; }

    /// <summary>The error; null until the source has ended. If it is not null, <see cref="Done"/> is closed.</summary>
    internal abstract Exception? Err { get; }

    internal abstract Exception? Cause { get; }

    internal virtual DateTimeOffset? Deadline => null;

    /// <summary>The node with the timer of the deadline: this one or the nearest above.</summary>
    internal virtual DeadlineNode? Timed => null;

    internal abstract CancellationToken Token { get; }

    /// <summary>Ensures that <paramref name="child"/>, which no other thread knows yet, ends with this source: at once if this source has already ended.</summary>
    internal abstract void Adopt(CancelNode child);

    /// <summary>Forgets <paramref name="child"/>, which has ended or is no longer wanted.</summary>
    internal abstract void Release(CancelNode child);

    internal static OperationCanceledException Canceled() => new("context canceled");
}
