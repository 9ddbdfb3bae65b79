namespace Goroutines.Diagnostics;

/// <summary>Settings of a <see cref="FlightRecorder"/>. They are read when it starts.</summary>
public sealed class FlightRecorderOptions
{
    internal const long LeastBytes = 131_072;

    /// <summary>The runtime that is recorded. Null: the current one, when the recorder is made.</summary>
    public GoRuntime? Runtime { get; set; }

    /// <summary>What is older than this is left out of a recording. Default: 10 seconds; take twice the length of what you look for.</summary>
    public TimeSpan MinAge { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The memory of each P, in bytes, rounded down to a power of two; at least 131,072. Default: 4 MiB, which is 262,144 events. It is taken when the recorder
    /// starts and never grows: where that many events come in less than <see cref="MinAge"/>, a recording is shorter.</summary>
    public long MaxBytes { get; set; } = 4L << 20;

    /// <summary>Records when a turn lasts longer than this, blocking regions left out. Null, the default: it does not.</summary>
    public TimeSpan? WhenTurnExceeds { get; set; }

    /// <summary>Records when a goroutine has been runnable for this long without a turn. Null, the default: it does not. Looked at four times in this
    /// time, at least every 100 milliseconds and at most every millisecond.</summary>
    public TimeSpan? WhenRunnableFor { get; set; }

    /// <summary>Records when goroutines are runnable and none has had a turn for this long. Null, the default: it does not.</summary>
    public TimeSpan? WhenStalledFor { get; set; }

    /// <summary>Records when a panic is reported. Default: false.</summary>
    public bool OnPanic { get; set; }

    /// <summary>Records when every goroutine has come to rest while <see cref="GoRuntime.Main(Func{ValueTask})"/> waits, before it is looked into whether that is a deadlock.
    /// Default: false.</summary>
    public bool OnDeadlockSuspected { get; set; }

    /// <summary>The folder where triggers write files. Null, the default: they write none, and only <see cref="Recorded"/> is called. It is made if it is not there.</summary>
    public string? Directory { get; set; }

    /// <summary>How many files there are at most, at least 1; the oldest ones that this recorder has written are deleted. Default: 10.</summary>
    public int MaxFiles { get; set; } = 10;

    /// <summary>How many bytes the files have in all at most; the oldest ones that this recorder has written are deleted. Default: 256 MiB.</summary>
    public long MaxTotalBytes { get; set; } = 256L << 20;

    /// <summary>The least time between two recordings by triggers. Default: one minute. What triggers in between is counted and dropped.</summary>
    public TimeSpan MinInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Called after a trigger has recorded, on the recorder's thread. What it throws is dropped.</summary>
    public Action<FlightRecord>? Recorded { get; set; }

    internal FlightRecorderOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MinAge, TimeSpan.Zero, nameof(MinAge));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, LeastBytes, nameof(MaxBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFiles, 1, nameof(MaxFiles));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTotalBytes, 0, nameof(MaxTotalBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(MinInterval, TimeSpan.Zero, nameof(MinInterval));
        ThrowUnlessPositive(WhenTurnExceeds, nameof(WhenTurnExceeds));
        ThrowUnlessPositive(WhenRunnableFor, nameof(WhenRunnableFor));
        ThrowUnlessPositive(WhenStalledFor, nameof(WhenStalledFor));
        return this;
    }

    private static void ThrowUnlessPositive(TimeSpan? time, string name)
    {
        if (time is { } value)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        }
    }
}
