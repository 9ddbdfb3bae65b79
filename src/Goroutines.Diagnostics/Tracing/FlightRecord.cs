namespace Goroutines.Diagnostics;

/// <summary>A recording that a trigger made. It is immutable.</summary>
public sealed class FlightRecord
{
    internal FlightRecord(FlightTrigger trigger, string detail, TraceRecording recording, string? path)
    {
        Trigger = trigger;
        Detail = detail;
        Recording = recording;
        Path = path;
    }

    /// <summary>Gets what triggered it.</summary>
    public FlightTrigger Trigger { get; }

    /// <summary>Gets what the trigger saw, in words: for example the goroutine and for how long.</summary>
    public string Detail { get; }

    /// <summary>Gets the recording.</summary>
    public TraceRecording Recording { get; }

    /// <summary>Gets the path of the file in Perfetto's format; <see langword="null"/> if no <see cref="FlightRecorderOptions.Directory"/>
    /// is set or the file could not be written.</summary>
    public string? Path { get; }
}
