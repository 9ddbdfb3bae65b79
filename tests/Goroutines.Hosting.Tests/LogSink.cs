using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Goroutines.Hosting.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogSink : ILoggerProvider, ILogger
{
    private readonly AsyncLocal<object?> _scope = new();

    internal ConcurrentQueue<Entry> Entries { get; } = new();

    internal IEnumerable<Entry> Named(string name) => Entries.Where(entry => entry.Id.Name == name);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        _scope.Value = state;
        return new Undo(_scope);
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => Entries.Enqueue(new Entry(logLevel, eventId, formatter(state, exception), exception, _scope.Value as IEnumerable<KeyValuePair<string, object?>>));

    public void Dispose()
    {
    }

    internal sealed record Entry(LogLevel Level, EventId Id, string Text, Exception? Exception, IEnumerable<KeyValuePair<string, object?>>? Scope);

    private sealed class Undo(AsyncLocal<object?> scope) : IDisposable
    {
        public void Dispose() => scope.Value = null;
    }
}
