using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Goroutines.Hosting.Internal;

/// <summary>Creates the host's runtime, whose panics go to the log.</summary>
internal static partial class RuntimeFactory
{
    internal const string Category = "Goroutines";

    internal static GoRuntime Make(IServiceProvider services)
    {
        GoroutinesOptions options = services.GetRequiredService<IOptions<GoroutinesOptions>>().Value;
        ILogger logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(Category);
        IHostApplicationLifetime? lifetime = services.GetService<IHostApplicationLifetime>();
        GoRuntimeOptions settings = new()
        {
            MaxProcs = options.MaxProcs,
            Name = options.Name ?? services.GetService<IHostEnvironment>()?.ApplicationName,
            TimeProvider = options.TimeProvider ?? services.GetService<TimeProvider>(),
            PanicHandler = panic => Report(panic, logger, options.StopHostOnPanic ? lifetime : null),
        };
        if (options.StackSize is { } stackSize)
        {
            settings.StackSize = stackSize;
        }

        if (options.MaxThreads is { } maxThreads)
        {
            settings.MaxThreads = maxThreads;
        }

        return new GoRuntime(settings);
    }

    private static void Report(PanicInfo panic, ILogger logger, IHostApplicationLifetime? stops)
    {
        KeyValuePair<string, object?>[] scope =
        [
            new("GoroutineId", panic.GoroutineId),
            new("GoroutineName", panic.GoroutineName),
            new("GoroutineCreatedAt", panic.CreatedAt),
        ];
        using (logger.BeginScope(scope))
        {
            Log.Panic(logger, panic.GoroutineId, panic.GoroutineName, panic.CreatedAt, panic.Exception);
            if (stops is not null)
            {
                Log.Stopping(logger);
                stops.StopApplication();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Panic in goroutine {GoroutineId} ({GoroutineName}), created at {CreatedAt}", EventName = "Panic")]
        internal static partial void Panic(ILogger logger, long goroutineId, string goroutineName, string createdAt, Exception exception);

        [LoggerMessage(2, LogLevel.Critical, "The host stops because of a panic (Goroutines:StopHostOnPanic).", EventName = "StoppingOnPanic")]
        internal static partial void Stopping(ILogger logger);
    }
}
