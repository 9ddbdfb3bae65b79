using Goroutines.AspNetCore.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Goroutines.AspNetCore.Tests;

/// <summary>The end of a stream whose producer does not end with it.</summary>
public sealed class StreamProducerTests : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly GoRuntime _runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
    private readonly Events _events = new();
    private readonly CancellationTokenSource _aborted = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Produce_ThatIgnoresItsContext_IsLeftWhenTheClientGoesAndItsFailureIsLogged()
    {
        Task request = Execute(
            async (_, _) =>
            {
                _started.SetResult();
                await _release.Task;
                throw new FormatException("late");
            },
            TimeSpan.FromMilliseconds(1));
        await _started.Task.WaitAsync(s_patience, Cancelled);

        await _aborted.CancelAsync();

        await request.WaitAsync(s_patience, Cancelled);
        Assert.Equal((LogLevel.Warning, "ProducerLeft", null), await _events.NextAsync());
        _release.SetResult();
        (LogLevel level, string? name, Exception? exception) = await _events.NextAsync();
        Assert.Equal((LogLevel.Error, "ProducerFailed"), (level, name));
        Assert.Equal("late", Assert.IsType<FormatException>(exception).Message);
    }

    [Fact]
    public async Task Produce_ThatSendsWithoutItsContext_IsEndedByTheClosedChannel()
    {
        TaskCompletionSource<Exception> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task request = Execute(
            async (texts, context) =>
            {
                await context.Done.ReceiveAsync();
                try
                {
                    while (true)
                    {
                        await texts.SendAsync("received at most until the request ends");
                    }
                }
                catch (System.Threading.Channels.ChannelClosedException exception)
                {
                    ended.SetResult(exception);
                    throw;
                }
            },
            TimeSpan.FromMilliseconds(1));

        await _aborted.CancelAsync();

        await request.WaitAsync(s_patience, Cancelled);
        await ended.Task.WaitAsync(s_patience, Cancelled);
        Assert.Equal((LogLevel.Warning, "ProducerLeft", null), await _events.NextAsync());
    }

    [Fact]
    public async Task Produce_ThatEndsAfterItsContext_EndsBeforeTheRequest()
    {
        bool hasEnded = false;
        TaskCompletionSource sawTheEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task request = Execute(
            async (_, context) =>
            {
                await context.Done.ReceiveAsync();
                sawTheEnd.SetResult();
                await _release.Task;
                hasEnded = true;
                context.ThrowIfCancelled();
            },
            Timeout.InfiniteTimeSpan);

        await _aborted.CancelAsync();
        await sawTheEnd.Task.WaitAsync(s_patience, Cancelled);

        Assert.False(request.IsCompleted);
        _release.SetResult();
        await request.WaitAsync(s_patience, Cancelled);
        Assert.True(hasEnded);
        Assert.True(_events.IsEmpty);
    }

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        _aborted.Dispose();
        _events.Dispose();
        await _runtime.DisposeAsync();
    }

    private async Task Execute(Func<Sender<string>, GoContext, ValueTask> produce, TimeSpan patience)
    {
        ServiceCollection services = new();
        services.AddSingleton(_runtime);
        services.AddSingleton<ILoggerFactory>(_events);
        services.AddOptions();
        await using ServiceProvider provider = services.BuildServiceProvider();
        DefaultHttpContext context = new() { RequestServices = provider, RequestAborted = _aborted.Token };
        await new StreamResult<string>(default, produce, new EventFormat<string>(null), Timeout.InfiniteTimeSpan) { Patience = patience }.ExecuteAsync(context);
    }

    /// <summary>Takes what is logged.</summary>
    private sealed class Events : ILoggerFactory, ILogger
    {
        private readonly Chan<(LogLevel Level, string? Name, Exception? Exception)> _logged = new(10);

        internal bool IsEmpty => _logged.Count == 0;

        internal async Task<(LogLevel Level, string? Name, Exception? Exception)> NextAsync()
            => (await _logged.ReceiveAsync(Cancelled).AsTask().WaitAsync(s_patience, Cancelled)).Value;

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => _logged.TrySend((logLevel, eventId.Name, exception));

        public void Dispose()
        {
        }
    }
}
