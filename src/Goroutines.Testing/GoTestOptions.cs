using Goroutines.Testing.Driving;

namespace Goroutines.Testing;

/// <summary>Settings of <see cref="GoTest.Run(Func{ValueTask}, GoTestOptions?)"/>.</summary>
public sealed class GoTestOptions
{
    /// <summary>Gets or sets how many goroutines of the test run at once, from 1 to 1024. Default: 1, so that a run depends on little but the test.</summary>
    public int MaxProcs { get; set; } = 1;

    /// <summary>
    /// Gets or sets how long, in real time, the virtual clock waits for goroutines that await a task from outside the library (a
    /// <see cref="TaskCompletionSource"/>, I/O), when nothing else goes on. Default: <see cref="Timeout.InfiniteTimeSpan"/>, until
    /// <see cref="OutsideLimit"/>. Zero: such a goroutine counts as blocked like any other; right when the tasks are completed by
    /// goroutines of the test only.
    /// </summary>
    public TimeSpan OutsideGrace { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Gets or sets for how long, in real time, the test may wait for something outside, or in a blocking region, while nothing else
    /// goes on; then it fails with a <see cref="TimeoutException"/> that names the goroutines. Default: 30 seconds.
    /// <see cref="Timeout.InfiniteTimeSpan"/>: without limit. It does not apply while a debugger is attached.</summary>
    public TimeSpan OutsideLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets how long, in real time, the test may take; then it fails with a <see cref="TimeoutException"/> that carries the dump. So a test
    /// whose goroutines wait for each other ends even if a <see cref="Ticker"/> keeps the virtual clock going for ever. Default: 1 minute.
    /// <see cref="Timeout.InfiniteTimeSpan"/>: without limit. It does not apply while a debugger is attached.
    /// </summary>
    public TimeSpan RealLimit { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Gets or sets how far the virtual clock may go on; when it would go further, the test fails with a <see cref="TimeoutException"/> that carries the
    /// dump. Finds what <see cref="RealLimit"/> finds, much sooner, and at the same point in every run. Default:
    /// <see cref="Timeout.InfiniteTimeSpan"/>, without limit.
    /// </summary>
    public TimeSpan VirtualLimit { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Ends the test with an <see cref="OperationCanceledException"/>, whatever its goroutines are doing: the token of the test
    /// framework. Default: one that is never cancelled.</summary>
    public CancellationToken CancellationToken { get; set; }

    internal TestLimits ValidatedLimits()
    {
        CheckWait(OutsideGrace, nameof(OutsideGrace));
        CheckWait(OutsideLimit, nameof(OutsideLimit));
        CheckLimit(RealLimit, nameof(RealLimit));
        CheckLimit(VirtualLimit, nameof(VirtualLimit));
        return new TestLimits(OutsideGrace, OutsideLimit, RealLimit, VirtualLimit);
    }

    internal static void CheckWait(TimeSpan wait, string name)
    {
        if (wait < TimeSpan.Zero && wait != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, wait, "A time must not be negative, except Timeout.InfiniteTimeSpan.");
        }
    }

    internal static void CheckLimit(TimeSpan limit, string name)
    {
        if (limit <= TimeSpan.Zero && limit != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, limit, "A limit must be more than zero, or Timeout.InfiniteTimeSpan.");
        }
    }
}
