using Microsoft.Extensions.Logging;

namespace Goroutines.Cluster.Engine;

/// <summary>The log messages of the library.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "{Channel}: value {Id} failed at delivery {Attempt} and is tried again in {Delay}")]
    internal static partial void Retried(ILogger logger, string channel, string id, int attempt, TimeSpan delay, Exception? exception);

    [LoggerMessage(2, LogLevel.Error, "{Channel}: value {Id} became a dead letter at delivery {Attempt}: {Reason}")]
    internal static partial void Dead(ILogger logger, string channel, string id, int attempt, string reason, Exception? exception);

    [LoggerMessage(3, LogLevel.Warning, "{Channel}: value {Id} was held for {Held} and is lost to another receiver")]
    internal static partial void HoldLost(ILogger logger, string channel, string id, TimeSpan held);

    [LoggerMessage(4, LogLevel.Warning, "{Channel}: value {Id} was not settled; it comes back when its hold runs out")]
    internal static partial void NotSettled(ILogger logger, string channel, string id, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "the lease {Name} with token {Token} is lost: {Reason}")]
    internal static partial void LeaseLost(ILogger logger, string name, long token, string reason);

    [LoggerMessage(6, LogLevel.Information, "connected to {Engine}")]
    internal static partial void Connected(ILogger logger, string engine);

    [LoggerMessage(7, LogLevel.Warning, "a handler of {Function} failed")]
    internal static partial void HandlerFailed(ILogger logger, string function, Exception exception);
}
