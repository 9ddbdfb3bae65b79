using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Goroutines.Cluster.Tests;

/// <summary>Loggers, and a listener of the library's meter, that call a function which waits for another thread. They write down whether it
/// got what it waited for.</summary>
internal sealed class ElsewhereLoggers : ILoggerFactory, ILogger
{
    private readonly Func<bool> _look;
    private readonly List<string> _lines;
    private readonly MeterListener _listener = new();

    internal ElsewhereLoggers(Func<bool> look, List<string> lines)
    {
        _look = look;
        _lines = lines;
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Goroutines.Cluster" && instrument.Name.EndsWith("lost", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, _, _, _) => Write(instrument.Name));
        _listener.Start();
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => Write(formatter(state, exception));

    public void Dispose() => _listener.Dispose();

    private void Write(string what) => _lines.Add($"{(_look() ? "free" : "held up")}: {what}");
}
