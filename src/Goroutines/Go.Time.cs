namespace Goroutines;

/// <summary>Reads the clock of the current runtime, and waits on it.</summary>
public static partial class Go
{
    /// <inheritdoc cref="GoRuntime.Now"/>
    public static DateTimeOffset Now => GoRuntime.Current.Now;

    /// <inheritdoc cref="GoRuntime.TimeProvider"/>
    public static TimeProvider TimeProvider => GoRuntime.Current.TimeProvider;

    /// <inheritdoc cref="GoRuntime.SleepAsync(TimeSpan, CancellationToken)"/>
    public static ValueTask SleepAsync(TimeSpan duration, CancellationToken cancellationToken = default)
        => GoRuntime.Current.SleepAsync(duration, cancellationToken);

    /// <inheritdoc cref="GoRuntime.SleepUntilAsync(DateTimeOffset, CancellationToken)"/>
    public static ValueTask SleepUntilAsync(DateTimeOffset time, CancellationToken cancellationToken = default)
        => GoRuntime.Current.SleepUntilAsync(time, cancellationToken);

    /// <inheritdoc cref="GoRuntime.Sleep(TimeSpan, CancellationToken)"/>
    public static void Sleep(TimeSpan duration, CancellationToken cancellationToken = default)
        => GoRuntime.Current.Sleep(duration, cancellationToken);

    /// <inheritdoc cref="GoRuntime.After(TimeSpan)"/>
    public static Receiver<DateTimeOffset> After(TimeSpan duration) => GoRuntime.Current.After(duration);

    /// <inheritdoc cref="GoRuntime.Tick(TimeSpan)"/>
    public static Receiver<DateTimeOffset> Tick(TimeSpan period) => GoRuntime.Current.Tick(period);
}
