using Goroutines.Diagnostics.Tracing;

namespace Goroutines.Diagnostics;

/// <summary>A stretch of what a runtime's goroutines did: to be written to a file, or added up.</summary>
/// <remarks>It does not change, and is safe from any thread.</remarks>
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

    /// <summary>How long the recording lasts.</summary>
    public TimeSpan Duration { get; }

    /// <summary>How many events it has.</summary>
    public long Events { get; }

    /// <summary>How many events in the midst of it were overwritten before they could be read; 0 for what a <see cref="FlightRecorder"/> has:
    /// it gives what there is without a gap.</summary>
    public long LostEvents { get; }

    internal TraceModel Model => _model.Value;

    /// <summary>Writes the recording in Perfetto's protobuf format, which https://ui.perfetto.dev and Perfetto's trace processor open.</summary>
    /// <param name="stream">Where to. It stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public void WritePerfetto(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        new PerfettoWriter(Model, stream).Write();
    }

    /// <summary>Writes the recording in speedscope's JSON format, which https://www.speedscope.app opens: the turns on each P.</summary>
    /// <param name="stream">Where to. It stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public void WriteSpeedscope(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        SpeedscopeTrace.Write(Model, stream);
    }

    /// <summary>Adds the recording up by creation site: how long goroutines ran, were runnable, and waited for what.</summary>
    /// <returns>The sums.</returns>
    public TraceSummary Summarize() => Summarizer.Summarize(Model);
}
