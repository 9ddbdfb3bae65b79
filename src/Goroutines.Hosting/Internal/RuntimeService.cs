using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Goroutines.Hosting.Internal;

/// <summary>Stops the runtime after all hosted services have stopped, in whatever order they were registered.</summary>
internal sealed partial class RuntimeService(GoRuntime runtime, IOptions<GoroutinesOptions> options, ILoggerFactory loggers) : IHostedLifecycleService
{
    /// <summary>The maximum length of a dump in the log, in characters.</summary>
    private const int MostDumped = 32_768;

    private readonly ILogger _logger = loggers.CreateLogger(RuntimeFactory.Category);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource abandon = new();
        Task<int> draining = runtime.StopAsync(abandon.Token).AsTask();
#pragma warning disable RS0030 // the stopping host's limit is in real time, whatever the runtime's clock says
        Task limit = Task.Delay(options.Value.DrainTimeout, cancellationToken);
#pragma warning restore RS0030
        if (await Task.WhenAny(draining, limit).ConfigureAwait(false) != draining)
        {
            string dump = Dump(); // before the goroutines are abandoned
            await abandon.CancelAsync().ConfigureAwait(false);
            if (await draining.ConfigureAwait(false) is > 0 and int left)
            {
                Log.Left(_logger, left, runtime.Name, Environment.NewLine, dump);
            }
        }
        else if (await draining.ConfigureAwait(false) is > 0 and int lost)
        {
            Log.Left(_logger, lost, runtime.Name, "", "");
        }
    }

    private string Dump()
    {
        using StringWriter writer = new(CultureInfo.InvariantCulture);
        runtime.Dump(writer);
        string dump = writer.ToString();
        return dump.Length <= MostDumped ? dump : dump[..MostDumped] + Environment.NewLine + "... (" + dump.Length.ToString(CultureInfo.InvariantCulture) + " characters in all)";
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Warning, "{Count} goroutines of the runtime \"{Runtime}\" had not ended when the host stopped, and were abandoned.{NewLine}{Dump}", EventName = "GoroutinesLeft")]
        internal static partial void Left(ILogger logger, int count, string runtime, string newLine, string dump);
    }
}
