using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Goroutines.Cluster.Engine;
using NATS.Client.Core;

namespace Goroutines.Cluster.Nats;

/// <summary>Calls: requests to a queue group. The status of the response travels in a header.</summary>
internal sealed partial class NatsEngine
{
    private const string Status = "Goroutines-Status";

    internal override async ValueTask<CallReply> CallAsync(string function, CallRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        => await AskAsync(CallOnceAsync, (function, request), $"answer a call of {function}", cancellationToken, timeout);

    internal override async ValueTask<IAsyncDisposable> ServeCallsAsync(
        string function, Func<CallRequest, ValueTask<CallReply>> handler, CancellationToken cancellationToken)
    {
        NatsListener subscription = await AskAsync(
            static async (engine, state, cancel) =>
            {
                NatsListener subscription = await engine.SubscribeAsync(
                    new NatsListener(engine._nats, $"{engine._namespace}.f.{state.function}", "workers", message => engine.OnCall(message, state.handler)), cancel);
                try
                {
                    await engine._nats.PingAsync(cancel); // the server has the subscription by now
                    return subscription;
                }
                catch
                {
                    await subscription.DisposeAsync();
                    throw;
                }
            },
            (function, handler), $"serve {function}", cancellationToken);
        return new Serving(this, subscription);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<CallReply> CallOnceAsync(NatsEngine engine, (string Function, CallRequest Request) call, CancellationToken cancellationToken)
    {
        try
        {
            return await engine.Replies.RequestAsync(
                $"{engine._namespace}.f.{call.Function}", call.Request.Payload, ToHeaders(call.Request.Headers), ToReply, cancellationToken).ConfigureAwait(false);
        }
        catch (NatsNoRespondersException)
        {
            return new CallReply(CallStatus.NoServer, default);
        }
    }

    private static CallReply ToReply(in NatsArrival reply)
    {
        byte[] payload = reply.Payload.ToArray();
        switch (reply.Headers is null ? "" : HeaderBlock.Parse(reply.Headers).GetValueOrDefault(Status))
        {
            case "busy":
                return new CallReply(CallStatus.Busy, default);
            case "failed":
                string text = Encoding.UTF8.GetString(payload);
                int end = text.IndexOf('\n', StringComparison.Ordinal);
                return new CallReply(CallStatus.Failed, default, end < 0 ? "" : text[..end], text[(end + 1)..]);
            default:
                return new CallReply(CallStatus.Done, payload);
        }
    }

    /// <summary>Called in the flow that reads the connection.</summary>
    private void OnCall(in NatsArrival message, Func<CallRequest, ValueTask<CallReply>> handler)
        => Runtime.Spawn(AnswerAsync, message.ReplyTo, new CallRequest(message.Payload.ToArray(), HeaderBlock.Parse(message.Headers)), handler);

    private async ValueTask AnswerAsync(string? replyTo, CallRequest request, Func<CallRequest, ValueTask<CallReply>> handler)
    {
        CallReply reply = await handler(request);
        if (reply.Status == CallStatus.Repeated || string.IsNullOrEmpty(replyTo))
        {
            return;
        }

        NatsHeaders? headers = reply.Status switch
        {
            CallStatus.Busy => new NatsHeaders { [Status] = "busy" },
            CallStatus.Failed => new NatsHeaders { [Status] = "failed" },
            _ => null,
        };
        ReadOnlyMemory<byte> payload = reply.Status == CallStatus.Failed ? Encoding.UTF8.GetBytes($"{reply.ErrorType}\n{reply.ErrorMessage}") : reply.Payload;
        try
        {
            await AskAsync(
                static async (engine, state, cancel) =>
                {
                    await engine._nats.PublishAsync(
                        state.replyTo, state.payload, state.headers, serializer: NatsRawSerializer<ReadOnlyMemory<byte>>.Default, cancellationToken: cancel).ConfigureAwait(false);
                    return default(Unit);
                },
                (replyTo, payload, headers), "take a response", CancellationToken.None);
        }
        catch (Exception exception) when (exception is EngineTimeoutException or ObjectDisposedException)
        {
            // The caller gets an unknown outcome.
        }
    }

    /// <summary>Ends a subscription. Completes when the server sends no more calls for it.</summary>
    private sealed class Serving(NatsEngine engine, NatsListener subscription) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await subscription.DisposeAsync();
            try
            {
                await engine.AskAsync(static async (engine, _, cancel) => await engine._nats.PingAsync(cancel), 0, "answer", CancellationToken.None);
            }
            catch (Exception exception) when (exception is EngineTimeoutException or ObjectDisposedException)
            {
                // The connection is down, so the server has forgotten the subscription.
            }
        }
    }
}
