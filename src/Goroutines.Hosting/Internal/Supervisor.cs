using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Goroutines.Hosting.Internal;

/// <summary>Runs a body as a goroutine, and restarts it when it fails.</summary>
#pragma warning disable CA1001 // a source without a timer holds no resources, and the body may use its token after the host has stopped
internal sealed partial class Supervisor
#pragma warning restore CA1001
{
    private readonly string _name;
    private readonly Func<GoContext, ValueTask> _body;
    private readonly SupervisionOptions _options;
    private readonly GoRuntime _runtime;
    private readonly ILogger _logger;
    private readonly IHostApplicationLifetime? _lifetime;
    private readonly CancellationTokenSource _stop = new();
    private Goroutine? _goroutine;

    internal Supervisor(string name, Func<GoContext, ValueTask> body, SupervisionOptions options, GoRuntime runtime, ILoggerFactory loggers, IHostApplicationLifetime? lifetime)
    {
        options.Validate();
        _name = name;
        _body = body;
        _options = options;
        _runtime = runtime;
        _logger = loggers.CreateLogger(RuntimeFactory.Category);
        _lifetime = lifetime;
    }

    internal void Start() => _goroutine = _runtime.Run(SuperviseAsync);

    internal async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_goroutine is { } goroutine)
        {
            await goroutine.AsTask().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask SuperviseAsync()
    {
        int failures = 0;
        while (true)
        {
            DateTimeOffset started = _runtime.Now;
            try
            {
                await _body(GoContext.From(_stop.Token));
                Log.Ended(_logger, _name);
                return;
            }
            catch (Exception exception) when (_stop.IsCancellationRequested)
            {
                if (exception is not OperationCanceledException)
                {
                    Log.Failed(_logger, _name, exception);
                }

                return;
            }
            catch (Exception exception)
            {
                failures = _runtime.Now - started >= _options.ResetAfter ? 1 : failures + 1;
                if (!MayRestart(exception, failures))
                {
                    return;
                }
            }

            TimeSpan delay = _options.DelayAfter(failures);
            Log.Restarting(_logger, _name, delay);
            try
            {
                await _runtime.SleepAsync(delay, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private bool MayRestart(Exception exception, int failures)
    {
        Log.Failed(_logger, _name, exception);
        bool stops = _options.OnFailure == FailurePolicy.StopHost;
        if (_options.OnFailure == FailurePolicy.Restart && failures > _options.MostRestarts)
        {
            Log.TooOften(_logger, _name, failures);
            stops = true;
        }

        if (stops)
        {
            Log.Stopping(_logger, _name);
            _lifetime?.StopApplication();
        }

        return !stops && _options.OnFailure == FailurePolicy.Restart;
    }

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Debug, "The supervised goroutine {Name} has ended.", EventName = "SupervisedEnded")]
        internal static partial void Ended(ILogger logger, string name);

        [LoggerMessage(11, LogLevel.Error, "The supervised goroutine {Name} has failed.", EventName = "SupervisedFailed")]
        internal static partial void Failed(ILogger logger, string name, Exception exception);

        [LoggerMessage(12, LogLevel.Information, "The supervised goroutine {Name} is started again in {Delay}.", EventName = "SupervisedRestarting")]
        internal static partial void Restarting(ILogger logger, string name, TimeSpan delay);

        [LoggerMessage(13, LogLevel.Error, "The supervised goroutine {Name} has failed {Failures} times in a row.", EventName = "SupervisedTooOften")]
        internal static partial void TooOften(ILogger logger, string name, int failures);

        [LoggerMessage(14, LogLevel.Critical, "The host stops because the supervised goroutine {Name} has failed.", EventName = "SupervisedStopsHost")]
        internal static partial void Stopping(ILogger logger, string name);
    }
}
