namespace Goroutines;

/// <summary>Settings of a <see cref="GoRuntime"/>.</summary>
public sealed class GoRuntimeOptions
{
    /// <summary>How many goroutines run at once, from 1 to 1024. Null: the environment variable <c>GOMAXPROCS</c>, else the
    /// processors this process may use (container limits included).</summary>
    public int? MaxProcs { get; set; }

    /// <summary>The clock of sleeps, timers and time-outs. Null: the system's.</summary>
    public TimeProvider? TimeProvider { get; set; }

    /// <summary>What is told of exceptions that leave a goroutine. Null: Go's report on standard error.</summary>
    public Action<PanicInfo>? PanicHandler { get; set; }

    /// <summary>The stack size of worker threads, in bytes; 0: the system's default.</summary>
    public int StackSize { get; set; }

    /// <summary>The most worker threads there may be, counting those that block; at least 1. Default: 10,000, as Go's.</summary>
    public int MaxThreads { get; set; } = 10_000;

    /// <summary>The name of the runtime, which its threads and messages carry. Null: "goroutines".</summary>
    public string? Name { get; set; }

    /// <summary>Whether <see cref="GoRuntime.Main(Func{ValueTask})"/> looks for deadlocks. Turn it off when plain threads or event
    /// handlers wake goroutines in ways the runtime can't know of (a signal handler that sends on a channel). Default: true.</summary>
    public bool DetectDeadlocks { get; set; } = true;

    internal GoRuntimeOptions Validated()
    {
        if (MaxProcs is { } procs && procs is < 1 or > Scheduler.Scheduler.MaxProcsLimit)
        {
            throw new ArgumentOutOfRangeException(nameof(MaxProcs), procs, $"MaxProcs must be from 1 to {Scheduler.Scheduler.MaxProcsLimit}.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(StackSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads, 1);
        return this;
    }
}
