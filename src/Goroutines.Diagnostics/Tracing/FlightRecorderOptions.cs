namespace Goroutines.Diagnostics;

/// <summary>The settings of a <see cref="FlightRecorder"/>. They are checked when the recorder is made; do not change them
/// afterwards.</summary>
public sealed class FlightRecorderOptions
{
    internal const long LeastBytes = 131_072;

    /// <summary>Gets or sets the runtime that is recorded. If it is null, the runtime that is current when the recorder is made.</summary>
    public GoRuntime? Runtime { get; set; }

    /// <summary>Gets or sets how far back a recording goes. The default is 10 seconds; choose twice the length of what you look
    /// for.</summary>
    public TimeSpan MinAge { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the memory of each P, in bytes, rounded down to a power of two; at least 131,072. The default is 4 MiB, enough
    /// for 262,144 events. It is allocated when the recorder starts and never grows. If that many events occur in less than
    /// <see cref="MinAge"/>, a recording is shorter.</summary>
    public long MaxBytes { get; set; } = 4L << 20;

    /// <summary>Gets or sets the length of a turn, without blocking regions, above which the recorder records. Null, the default, turns
    /// this trigger off.</summary>
    public TimeSpan? WhenTurnExceeds { get; set; }

    /// <summary>Gets or sets how long a goroutine may be runnable without a turn before the recorder records. Null, the default, turns this
    /// trigger off. The check runs four times in this time, but at least every 100 milliseconds and at most every millisecond.</summary>
    public TimeSpan? WhenRunnableFor { get; set; }

    /// <summary>Gets or sets how long goroutines may be runnable while none gets a turn before the recorder records. Null, the default,
    /// turns this trigger off.</summary>
    public TimeSpan? WhenStalledFor { get; set; }

    /// <summary>Gets or sets whether a reported panic makes the recorder record. The default is false.</summary>
    public bool OnPanic { get; set; }

    /// <summary>Gets or sets whether the recorder records when no goroutine can run while <see cref="GoRuntime.Main(Func{ValueTask})"/>
    /// waits, before the runtime checks whether that is a deadlock. The default is false.</summary>
    public bool OnDeadlockSuspected { get; set; }

    /// <summary>Gets or sets the folder where triggers write files. It is created if it does not exist. If it is null, the default,
    /// triggers write no files and only <see cref="Recorded"/> is called.</summary>
    public string? Directory { get; set; }

    /// <summary>Gets or sets the maximum number of files, at least 1. Beyond it, the oldest files that this recorder wrote are deleted. The
    /// default is 10.</summary>
    public int MaxFiles { get; set; } = 10;

    /// <summary>Gets or sets the maximum total size of the files, in bytes. Beyond it, the oldest files that this recorder wrote are
    /// deleted. The default is 256 MiB.</summary>
    public long MaxTotalBytes { get; set; } = 256L << 20;

    /// <summary>Gets or sets the minimum time between two recordings by triggers. The default is one minute. Triggers that fire in between
    /// are counted and dropped.</summary>
    public TimeSpan MinInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets the handler that is called on the recorder's thread after a trigger has recorded. Its exceptions are
    /// ignored.</summary>
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
