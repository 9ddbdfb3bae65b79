namespace Goroutines.Diagnostics;

/// <summary>The settings of a trace; see <see cref="GoTrace.Start"/>.</summary>
public sealed class GoTraceOptions
{
    /// <summary>Gets or sets the runtime that is traced. If it is null, the runtime that is current when the trace starts.</summary>
    public GoRuntime? Runtime { get; set; }

    /// <summary>Gets or sets how many bytes of events are kept in memory, 16 bytes per event; at least 131,072. The default is 256 MiB.
    /// When they are used up, the trace keeps what it has and records no more.</summary>
    public long MaxBytes { get; set; } = 256L << 20;

    /// <summary>Gets or sets the size of each P's buffer, in bytes; at least 131,072. The default is 16 MiB. It is emptied every 20
    /// milliseconds. When it is full, new events overwrite the oldest, which count as lost. While a <see cref="FlightRecorder"/> runs, the
    /// recorder's buffers are used.</summary>
    public long BufferBytes { get; set; } = 16L << 20;

    internal GoTraceOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, FlightRecorderOptions.LeastBytes, nameof(MaxBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(BufferBytes, FlightRecorderOptions.LeastBytes, nameof(BufferBytes));
        return this;
    }
}
