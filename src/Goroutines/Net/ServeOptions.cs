namespace Goroutines.Net;

/// <summary>Limits for <see cref="Listener.ServeAsync(Func{Conn, CancellationToken, ValueTask}, Action{Exception}, ServeOptions, CancellationToken)"/>.</summary>
/// <remarks>An instance is immutable.</remarks>
public sealed class ServeOptions
{
    private readonly int _maxConnections = int.MaxValue;
    private readonly TimeSpan _drainTimeout = Timeout.InfiniteTimeSpan;

    internal static ServeOptions Default { get; } = new();

    /// <summary>Gets or sets how many connections are handled at a time. Further ones wait, unaccepted, in the system's queue. The default is no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public int MaxConnections
    {
        get => _maxConnections;
        init => _maxConnections = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "At least one connection must be allowed.");
    }

    /// <summary>
    /// Gets or sets how long the handlers may continue after the server was told to stop. After that, their tokens are cancelled and their
    /// connections closed. If handlers still have not ended after the same time again, they are abandoned, and serving fails with a
    /// <see cref="TimeoutException"/>. With <see cref="Timeout.InfiniteTimeSpan"/> (the default), the handlers' tokens are cancelled with the
    /// server's at once, and they may take as long as they like.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero, or to a negative time other than infinite.</exception>
    public TimeSpan DrainTimeout
    {
        get => _drainTimeout;
        init => _drainTimeout = value > TimeSpan.Zero || value == Timeout.InfiniteTimeSpan
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The drain time-out must be positive, or Timeout.InfiniteTimeSpan.");
    }
}
