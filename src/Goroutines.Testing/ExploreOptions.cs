using Goroutines.Testing.Driving;

namespace Goroutines.Testing;

/// <summary>Settings of <see cref="GoTest.Explore(Func{ValueTask}, ExploreOptions?)"/>.</summary>
public sealed class ExploreOptions
{
    /// <summary>Gets or sets how schedules are chosen. Default: <see cref="ExploreStrategy.Mixed"/>.</summary>
    public ExploreStrategy Strategy { get; set; }

    /// <summary>Gets or sets the maximum number of schedules to run, at least 1. The default is 1,000.</summary>
    public int Schedules { get; set; } = 1_000;

    /// <summary>Gets or sets the seed of random schedules. The same seed gives the same schedules. The default is 1.</summary>
    public long Seed { get; set; } = 1;

    /// <summary>Gets or sets the depth of bugs that <see cref="ExploreStrategy.Pct"/> looks for: how many orderings between goroutines they need; from 1 to
    /// 100. Default: 3.</summary>
    public int Depth { get; set; } = 3;

    /// <summary>Gets or sets how often an <see cref="ExploreStrategy.Exhaustive"/> schedule may preempt a goroutine that could continue; 0 or more.
    /// The default is 2. With <see cref="int.MaxValue"/>, it may do so at every choice.</summary>
    public int PreemptionBound { get; set; } = 2;

    /// <summary>Gets or sets how many steps a schedule may have, at least 1. A schedule with more steps fails. The default is 20,000.</summary>
    public int MaxSteps { get; set; } = 20_000;

    /// <summary>
    /// Gets or sets whether the clock may move to the next timer while goroutines can still run, as it does when a machine is slow. Time-outs
    /// then fire at any point, however long they are. The default is false: the clock moves only when all goroutines are blocked.
    /// </summary>
    public bool EarlyTimers { get; set; }

    /// <inheritdoc cref="GoTestOptions.OutsideGrace"/>
    public TimeSpan OutsideGrace { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Gets or sets how long, in real time, a schedule may wait for an external event while nothing else runs. After that, it fails.
    /// The default is 5 seconds; <see cref="Timeout.InfiniteTimeSpan"/> means no limit. It does not apply while a debugger is attached.</summary>
    public TimeSpan OutsideLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets how long, in real time, one schedule may take. After that, it fails, even if a goroutine never yields. The default is
    /// 1 minute; <see cref="Timeout.InfiniteTimeSpan"/> means no limit. It does not apply while a debugger is attached.</summary>
    public TimeSpan RealLimit { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets a token that ends the exploration with an <see cref="OperationCanceledException"/>, such as the test framework's.
    /// The default is a token that is never cancelled.</summary>
    public CancellationToken CancellationToken { get; set; }

    internal TestLimits Limits => new(OutsideGrace, OutsideLimit, RealLimit, Timeout.InfiniteTimeSpan);

    internal ExploreOptions Validated()
    {
        if (!Enum.IsDefined(Strategy))
        {
            throw new ArgumentOutOfRangeException(nameof(Strategy), Strategy, "There is no such strategy.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(Schedules, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Depth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Depth, 100);
        ArgumentOutOfRangeException.ThrowIfNegative(PreemptionBound);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSteps, 1);
        GoTestOptions.CheckWait(OutsideGrace, nameof(OutsideGrace));
        GoTestOptions.CheckWait(OutsideLimit, nameof(OutsideLimit));
        GoTestOptions.CheckLimit(RealLimit, nameof(RealLimit));
        return this;
    }
}
