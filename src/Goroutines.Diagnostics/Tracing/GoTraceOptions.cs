namespace Goroutines.Diagnostics;

/// <summary>Settings of a trace; see <see cref="GoTrace.Start"/>.</summary>
public sealed class GoTraceOptions
{
    /// <summary>The runtime that is traced. Null: the current one, when the trace begins.</summary>
    public GoRuntime? Runtime { get; set; }

    /// <summary>How many bytes of events are kept at most, in memory, 16 an event; at least 131,072. Default: 256 MiB. When they are used up the trace keeps what
    /// it has and takes no more.</summary>
    public long MaxBytes { get; set; } = 256L << 20;

    /// <summary>The buffer of each P, in bytes, which is emptied every 20 milliseconds; at least 131,072. Default: 16 MiB. What comes when it is full overwrites
    /// the oldest, and is counted as lost. While a <see cref="FlightRecorder"/> runs, its buffers are used.</summary>
    public long BufferBytes { get; set; } = 16L << 20;

    internal GoTraceOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, FlightRecorderOptions.LeastBytes, nameof(MaxBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(BufferBytes, FlightRecorderOptions.LeastBytes, nameof(BufferBytes));
        return this;
    }
}
