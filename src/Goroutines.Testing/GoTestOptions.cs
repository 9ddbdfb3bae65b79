namespace Goroutines.Testing;

/// <summary>Settings of <see cref="GoTest.Run(Func{ValueTask}, GoTestOptions?)"/>.</summary>
public sealed class GoTestOptions
{
    /// <summary>How many goroutines of the test run at once, from 1 to 1024. Default: 1, so that a run depends on little but the test.</summary>
    public int MaxProcs { get; set; } = 1;

    /// <summary>
    /// How long, in real time, the virtual clock waits for goroutines that await a task from outside the library (a
    /// <see cref="TaskCompletionSource"/>, I/O), when nothing else goes on. Default: <see cref="Timeout.InfiniteTimeSpan"/>, until
    /// <see cref="OutsideLimit"/>. Zero: such a goroutine counts as blocked like any other; right when the tasks are completed by
    /// goroutines of the test only.
    /// </summary>
    public TimeSpan OutsideGrace { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>For how long, in real time, the test may wait for something outside, or in a blocking region, while nothing else
    /// goes on; then it fails. Default: 30 seconds. <see cref="Timeout.InfiniteTimeSpan"/>: without limit.</summary>
    public TimeSpan OutsideLimit { get; set; } = TimeSpan.FromSeconds(30);

    internal static void CheckWait(TimeSpan wait, string name)
    {
        if (wait < TimeSpan.Zero && wait != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, wait, "A time must not be negative, except Timeout.InfiniteTimeSpan.");
        }
    }
}
