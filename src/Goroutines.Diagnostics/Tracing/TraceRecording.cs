using Goroutines.Diagnostics.Tracing;

namespace Goroutines.Diagnostics;

/// <summary>A recording of what a runtime's goroutines did. It can be written to a file or summarized.</summary>
/// <remarks>Immutable, and so safe to use from any thread.</remarks>
public sealed class TraceRecording
{
    private readonly Lazy<TraceModel> _model;

    internal TraceRecording(Func<TraceModel> model, TimeSpan duration, long events, long lost)
    {
        _model = new Lazy<TraceModel>(model);
        Duration = duration;
        Events = events;
        LostEvents = lost;
    }

    /// <summary>Gets the length of the recording.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Gets the number of events in it.</summary>
    public long Events { get; }

    /// <summary>Gets how many events within the recording were overwritten before they could be read. It is 0 for a recording of a
    /// <see cref="FlightRecorder"/>, which is cut to the part without gaps.</summary>
    public long LostEvents { get; }

    internal TraceModel Model => _model.Value;

    /// <summary>Writes the recording in Perfetto's protobuf format, for https://ui.perfetto.dev and Perfetto's trace processor.</summary>
    /// <param name="stream">Where to. It stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public void WritePerfetto(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        new PerfettoWriter(Model, stream).Write();
    }

    /// <summary>Writes the turns on each P in speedscope's JSON format, for https://www.speedscope.app.</summary>
    /// <param name="stream">Where to. It stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public void WriteSpeedscope(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        SpeedscopeTrace.Write(Model, stream);
    }

    /// <summary>Sums up the recording by creation site: how long goroutines ran, were runnable, and waited, by reason.</summary>
    /// <returns>The summary.</returns>
    public TraceSummary Summarize() => Summarizer.Summarize(Model);
}
