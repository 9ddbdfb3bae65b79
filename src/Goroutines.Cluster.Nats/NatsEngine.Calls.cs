using System.Text;
using Goroutines.Cluster.Engine;
using NATS.Client.Core;

namespace Goroutines.Cluster.Nats;

/// <summary>Calls: requests to a queue group. The status of the response travels in a header.</summary>
internal sealed partial class NatsEngine
{
    private const string Status = "Goroutines-Status";

    internal override async ValueTask<CallReply> CallAsync(string function, CallRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        => await AskAsync(
            static async (engine, state, cancel) =>
            {
                try
                {
                    NatsMsg<byte[]> reply = await engine._nats.RequestAsync(
                        $"{engine._namespace}.f.{state.function}", state.request.Payload, ToHeaders(state.request.Headers),
                        NatsRawSerializer<ReadOnlyMemory<byte>>.Default, NatsRawSerializer<byte[]>.Default,
                        replyOpts: new NatsSubOpts { Timeout = state.timeout }, cancellationToken: cancel);
                    return ToReply(reply);
                }
                catch (NatsNoRespondersException)
                {
                    return new CallReply(CallStatus.NoServer, default);
                }
            },
            (function, request, timeout), $"answer a call of {function}", cancellationToken, timeout);

    internal override async ValueTask<IAsyncDisposable> ServeCallsAsync(
        string function, Func<CallRequest, ValueTask<CallReply>> handler, CancellationToken cancellationToken)
    {
        INatsSub<byte[]> subscription = await AskAsync(
            static async (engine, function, cancel) =>
            {
                INatsSub<byte[]> subscription = await engine.SubscribeAsync($"{engine._namespace}.f.{function}", "workers", Waits, cancel);
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
            function, $"serve {function}", cancellationToken);
        Runtime.Spawn(
            async () =>
            {
                while (await subscription.Msgs.WaitToReadAsync())
                {
                    while (subscription.Msgs.TryRead(out NatsMsg<byte[]> message))
                    {
                        Runtime.Spawn(AnswerAsync, message, handler);
                    }
                }
            });
        return new Serving(this, subscription);
    }

    private static NatsHeaders ToHeaders(IReadOnlyDictionary<string, string> headers)
    {
        NatsHeaders all = [];
        foreach ((string name, string value) in headers)
        {
            all[name] = value;
        }

        return all;
    }

    private static CallReply ToReply(NatsMsg<byte[]> reply)
    {
        byte[] payload = reply.Data ?? [];
        switch (reply.Headers is { } headers && headers.TryGetValue(Status, out Microsoft.Extensions.Primitives.StringValues status) ? status.ToString() : "")
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

    private async ValueTask AnswerAsync(NatsMsg<byte[]> message, Func<CallRequest, ValueTask<CallReply>> handler)
    {
        CallReply reply = await handler(new CallRequest(message.Data ?? [], StoredMessage.From(message.Headers)));
        if (reply.Status == CallStatus.Repeated)
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
                static async (_, state, cancel) =>
                {
                    await state.message.ReplyAsync(state.payload, state.headers, serializer: NatsRawSerializer<ReadOnlyMemory<byte>>.Default, cancellationToken: cancel);
                    return default(Unit);
                },
                (message, payload, headers), "take a response", CancellationToken.None);
        }
        catch (Exception exception) when (exception is EngineTimeoutException or ObjectDisposedException)
        {
            // The caller gets an unknown outcome.
        }
    }

    /// <summary>Ends a subscription. Completes when the server sends no more calls for it.</summary>
    private sealed class Serving(NatsEngine engine, INatsSub<byte[]> subscription) : IAsyncDisposable
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
