using Goroutines.Testing.Driving;

namespace Goroutines.Testing;

/// <summary>Settings of <see cref="GoTest.Run(Func{ValueTask}, GoTestOptions?)"/>.</summary>
public sealed class GoTestOptions
{
    /// <summary>Gets or sets how many goroutines of the test run at the same time, from 1 to 1024. The default is 1, so that a run depends on little except the
    /// test.</summary>
    public int MaxProcs { get; set; } = 1;

    /// <summary>
    /// Gets or sets how long, in real time, the virtual clock waits for goroutines that await a task from outside the library (a
    /// <see cref="TaskCompletionSource"/>, I/O) while nothing else runs. The default is <see cref="Timeout.InfiniteTimeSpan"/>: it waits until
    /// <see cref="OutsideLimit"/>. With zero, such a goroutine counts as durably blocked; that is right if only goroutines of the test
    /// complete the tasks.
    /// </summary>
    public TimeSpan OutsideGrace { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Gets or sets how long, in real time, the test may wait for an external event, or in a blocking region, while nothing else
    /// runs. After that, it fails with a <see cref="TimeoutException"/> that names the goroutines. The default is 30 seconds.
    /// <see cref="Timeout.InfiniteTimeSpan"/> means no limit. It does not apply while a debugger is attached.</summary>
    public TimeSpan OutsideLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets how long, in real time, the test may take. After that, it fails with a <see cref="TimeoutException"/> that contains the dump. A test
    /// whose goroutines wait for each other therefore ends even if a <see cref="Ticker"/> keeps the virtual clock moving forever. The default
    /// is 1 minute; <see cref="Timeout.InfiniteTimeSpan"/> means no limit. It does not apply while a debugger is attached.
    /// </summary>
    public TimeSpan RealLimit { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Gets or sets how far the virtual clock may advance. When it would go further, the test fails with a <see cref="TimeoutException"/> that contains
    /// the dump. It detects what <see cref="RealLimit"/> detects, but much sooner, and at the same point in every run. The default is
    /// <see cref="Timeout.InfiniteTimeSpan"/>, which means no limit.
    /// </summary>
    public TimeSpan VirtualLimit { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Gets or sets a token that ends the test with an <see cref="OperationCanceledException"/>, whatever its goroutines are doing, such
    /// as the test framework's. The default is a token that is never cancelled.</summary>
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
