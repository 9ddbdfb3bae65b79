using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Goroutines.AspNetCore.Internal;

/// <summary>Writes the values of a channel to a response.</summary>
internal sealed class StreamResult<T>(Receiver<T> values, Func<Sender<T>, GoContext, ValueTask>? produce, StreamFormat<T> format, TimeSpan heartbeat)
    : IResult, IContentTypeHttpResult, IStatusCodeHttpResult
{
    /// <summary>The number of gathered bytes that are flushed even if the channel has more values.</summary>
    private const int MostGathered = 32_768;

    /// <summary>The time for which the request waits for its producer after the stream has ended.</summary>
    /// <remarks>A producer that watches its context still uses the request's services while it ends, so the request does not end at once. A
    /// producer that does not watch its context must not keep the request, and with it the connection and the server's shutdown, so the wait
    /// is limited.</remarks>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    public string? ContentType => format.ContentType;

    public int? StatusCode => StatusCodes.Status200OK;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        CancellationToken aborted = httpContext.RequestAborted;
        httpContext.Response.ContentType = format.ContentType;
        httpContext.Response.Headers.CacheControl = "no-cache,no-store";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            if (produce is null)
            {
                await WriteAsync(httpContext, values, aborted).ConfigureAwait(false);
            }
            else
            {
                await ProduceAsync(httpContext, produce).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // The client has gone, which ends a stream normally.
        }
    }

    private async Task ProduceAsync(HttpContext httpContext, Func<Sender<T>, GoContext, ValueTask> produce)
    {
        GoRuntime runtime = httpContext.RequestServices.GetService<GoRuntime>() ?? GoRuntime.Default;
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted);
        CancellationToken token = ended.Token; // taken here: the producer may start only after the request has ended, and its source with it
        Chan<T> channel = new();
        Task producer = runtime.Run(async () =>
        {
            try
            {
                await produce(channel, GoContext.From(token));
            }
            finally
            {
                channel.TryClose();
            }
        }).AsTask();
        bool isClosed = false;
        bool isLeft = false;
        try
        {
            isClosed = await WriteAsync(httpContext, channel, httpContext.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            if (!await EndsInTimeAsync(runtime, producer).ConfigureAwait(false))
            {
                isLeft = true;
                StreamLog.Leave(httpContext, producer, Patience);
                channel.TryClose(); // a producer that waits to send gets an exception instead of waiting forever
            }
        }

        if (isLeft)
        {
            return;
        }

        try
        {
            await producer.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!isClosed)
        {
            // The client has gone, which ended the producer.
        }
    }

    /// <returns>true if the producer has ended; false if it still runs after <see cref="Patience"/>.</returns>
    private async ValueTask<bool> EndsInTimeAsync(GoRuntime runtime, Task producer)
    {
        if (producer.IsCompleted)
        {
            return true;
        }

        using CancellationTokenSource over = new();
        Task patience = runtime.SleepAsync(Patience, over.Token).AsTask();
        await Task.WhenAny(producer, patience).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await patience.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return producer.IsCompleted;
    }

    /// <returns>true if the channel is closed; false if the client reads no more.</returns>
    private async Task<bool> WriteAsync(HttpContext httpContext, Receiver<T> from, CancellationToken aborted)
    {
        JsonTypeInfo<T> type = (JsonTypeInfo<T>)httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions.GetTypeInfo(typeof(T));
        PipeWriter body = httpContext.Response.BodyWriter;
        await body.FlushAsync(aborted).ConfigureAwait(false); // sends the headers, so that the client knows that the stream is open
        Select select = new();
        ReceiveCase<T> received = select.Receive(from);
        TimeoutCase silence = select.Timeout(heartbeat);
        silence.Enabled = heartbeat != Timeout.InfiniteTimeSpan;
        while (true)
        {
            await select.WaitAsync(aborted).ConfigureAwait(false);
            if (silence.Selected)
            {
                body.Write(format.Heartbeat);
            }
            else if (!received.Ok)
            {
                return true;
            }
            else
            {
                format.Write(body, received.Value, type);
                while (body.UnflushedBytes < MostGathered && from.TryReceive(out Received<T> next))
                {
                    if (!next.Ok)
                    {
                        await body.FlushAsync(aborted).ConfigureAwait(false);
                        return true;
                    }

                    format.Write(body, next.Value, type);
                }
            }

            FlushResult flushed = await body.FlushAsync(aborted).ConfigureAwait(false);
            if (flushed.IsCompleted)
            {
                return false;
            }
        }
    }
}
