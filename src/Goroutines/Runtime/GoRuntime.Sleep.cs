using Goroutines.Runtime;

namespace Goroutines;

/// <summary>The runtime's clock, and sleeping on it.</summary>
public sealed partial class GoRuntime
{
    /// <summary>The time on the runtime's clock (time.Now): what sleeps, timers and deadlines go by, virtual in tests. In UTC.</summary>
    public DateTimeOffset Now => Scheduler.Clock.UtcNow;

    /// <summary>The runtime's clock, for code that takes a <see cref="System.TimeProvider"/>.</summary>
    public TimeProvider TimeProvider => Scheduler.Clock.Provider;

    /// <summary>Waits for a time, by the runtime's clock (time.Sleep).</summary>
    /// <param name="duration">How long. Zero and negative durations yield; <see cref="Timeout.InfiniteTimeSpan"/> waits until cancelled.</param>
    /// <param name="cancellationToken">Ends the sleep early.</param>
    /// <returns>A task that ends when the time is up. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    /// <exception cref="ObjectDisposedException">The runtime has been stopped, before or during the sleep.</exception>
    public ValueTask SleepAsync(TimeSpan duration, CancellationToken cancellationToken = default) => Sleeper.SleepAsync(Scheduler, duration, cancellationToken);

    /// <summary>Waits until a time on the runtime's clock.</summary>
    /// <param name="time">When the wait ends. A time that has passed yields.</param>
    /// <param name="cancellationToken">Ends the sleep early.</param>
    /// <returns>A task that ends when the time has come. Await it once.</returns>
    /// <remarks>The time until then is measured once, at the call; setting the wall clock later does not move it.</remarks>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    /// <exception cref="ObjectDisposedException">The runtime has been stopped, before or during the sleep.</exception>
    public ValueTask SleepUntilAsync(DateTimeOffset time, CancellationToken cancellationToken = default)
        => SleepAsync(Durations.LeftUntil(time, Scheduler.Clock), cancellationToken);

    /// <summary>Waits for a time, by the runtime's clock, in synchronous code (time.Sleep).</summary>
    /// <param name="duration">How long. Zero and negative durations give way once; <see cref="Timeout.InfiniteTimeSpan"/> waits until cancelled.</param>
    /// <param name="cancellationToken">Ends the sleep early.</param>
    /// <remarks>A goroutine with a stack of its own parks; any other caller's thread blocks, inside a goroutine as a blocking
    /// region, so that others go on at the cost of that thread. In an <see langword="async"/> body await
    /// <see cref="SleepAsync"/> instead.</remarks>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    /// <exception cref="ObjectDisposedException">The runtime has been stopped, before or during the sleep.</exception>
    public void Sleep(TimeSpan duration, CancellationToken cancellationToken = default) => Sleeper.Sleep(Scheduler, duration, cancellationToken);
}
