using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Goroutines.AspNetCore.Internal;

/// <summary>Reports producers that outlive their requests.</summary>
internal static partial class StreamLog
{
    /// <summary>Reports that a request ends without its producer, and later the exception with which the producer ends.</summary>
    internal static void Leave(HttpContext httpContext, Task producer, TimeSpan patience)
    {
        ILogger logger = httpContext.RequestServices.GetService<ILoggerFactory>()?.CreateLogger("Goroutines.AspNetCore.Streams") ?? NullLogger.Instance;
        string endpoint = httpContext.GetEndpoint()?.DisplayName ?? httpContext.Request.Path.ToString();
        ProducerLeft(logger, endpoint, patience);
        _ = ObserveAsync(producer, logger, endpoint);
    }

    private static async Task ObserveAsync(Task producer, ILogger logger, string endpoint)
    {
        try
        {
            await producer.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or System.Threading.Channels.ChannelClosedException)
        {
            // The end of the stream has ended the producer.
        }
#pragma warning disable CA1031 // nobody else observes the producer
        catch (Exception exception)
#pragma warning restore CA1031
        {
            ProducerFailed(logger, endpoint, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The producer of the stream {Endpoint} did not end within {Patience} after the stream did. The request ends without it. A producer must watch its context.", EventName = "ProducerLeft")]
    private static partial void ProducerLeft(ILogger logger, string endpoint, TimeSpan patience);

    [LoggerMessage(2, LogLevel.Error, "The producer of the stream {Endpoint}, which was left when the request ended, has failed.", EventName = "ProducerFailed")]
    private static partial void ProducerFailed(ILogger logger, string endpoint, Exception exception);
}
