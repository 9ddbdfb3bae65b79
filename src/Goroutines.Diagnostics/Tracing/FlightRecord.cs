namespace Goroutines.Diagnostics;

/// <summary>A recording that a trigger made. It does not change.</summary>
public sealed class FlightRecord
{
    internal FlightRecord(FlightTrigger trigger, string detail, TraceRecording recording, string? path)
    {
        Trigger = trigger;
        Detail = detail;
        Recording = recording;
        Path = path;
    }

    /// <summary>What triggered it.</summary>
    public FlightTrigger Trigger { get; }

    /// <summary>The goroutine and the time, in words.</summary>
    public string Detail { get; }

    /// <summary>What was recorded.</summary>
    public TraceRecording Recording { get; }

    /// <summary>The file in Perfetto's format; <see langword="null"/> where no <see cref="FlightRecorderOptions.Directory"/> is set, or it could not be written.</summary>
    public string? Path { get; }
}
