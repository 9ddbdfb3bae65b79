using Goroutines.Runtime;

namespace Goroutines;

/// <summary>The runtime's clock, and sleeping by it.</summary>
public sealed partial class GoRuntime
{
    /// <summary>Gets the current time on the runtime's clock, in UTC (time.Now). Sleeps, timers and deadlines use this clock; in tests
    /// it is virtual.</summary>
    public DateTimeOffset Now => Scheduler.Clock.UtcNow;

    /// <summary>Gets the runtime's clock, for code that takes a <see cref="System.TimeProvider"/>.</summary>
    public TimeProvider TimeProvider => Scheduler.Clock.Provider;

    /// <summary>Waits for the given time on the runtime's clock (time.Sleep).</summary>
    /// <param name="duration">How long to wait. Zero and negative durations yield; <see cref="Timeout.InfiniteTimeSpan"/> waits until
    /// cancelled.</param>
    /// <param name="cancellationToken">Ends the sleep early.</param>
    /// <returns>A task that completes when the time is up. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    /// <exception cref="ObjectDisposedException">The runtime has been stopped, before or during the sleep.</exception>
    public ValueTask SleepAsync(TimeSpan duration, CancellationToken cancellationToken = default) => Sleeper.SleepAsync(Scheduler, duration, cancellationToken);

    /// <summary>Waits until the given time on the runtime's clock.</summary>
    /// <param name="time">When the wait ends. A time that has passed yields.</param>
    /// <param name="cancellationToken">Ends the sleep early.</param>
    /// <returns>A task that completes at that time. Await it once.</returns>
    /// <remarks>The time to wait is computed once, at the call. Setting the wall clock later does not change it.</remarks>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    /// <exception cref="ObjectDisposedException">The runtime has been stopped, before or during the sleep.</exception>
    public ValueTask SleepUntilAsync(DateTimeOffset time, CancellationToken cancellationToken = default)
        => SleepAsync(Durations.LeftUntil(time, Scheduler.Clock), cancellationToken);

    /// <summary>Waits for the given time on the runtime's clock, in synchronous code (time.Sleep).</summary>
    /// <param name="duration">How long to wait. Zero and negative durations yield once; <see cref="Timeout.InfiniteTimeSpan"/> waits until
    /// cancelled.</param>
    /// <param name="cancellationToken">Ends the sleep early.</param>
    /// <remarks>A goroutine with a stack of its own parks. Any other caller blocks its thread; inside a goroutine that is a
    /// blocking region, so other goroutines continue at the cost of that thread. In an <see langword="async"/> body, await
    /// <see cref="SleepAsync"/> instead.</remarks>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    /// <exception cref="ObjectDisposedException">The runtime has been stopped, before or during the sleep.</exception>
    public void Sleep(TimeSpan duration, CancellationToken cancellationToken = default) => Sleeper.Sleep(Scheduler, duration, cancellationToken);
}
