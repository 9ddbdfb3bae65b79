using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using NATS.Client.KeyValueStore;

namespace Goroutines.ClusterPeer;

/// <summary>The client of NATS alone, as its documentation shows it, with the same guarantees: each value has an id, and the server confirms each
/// acknowledgement.</summary>
internal sealed class NatsNetSide : Side
{
    internal override string Settings => $"NATS.Net {typeof(NatsConnection).Assembly.GetName().Version?.ToString(3)}";

    internal override async ValueTask<Queue> OpenAsync(string url, string queue)
    {
        NatsConnection connection = Connect(url);
        NatsJSContext jetStream = new(connection);
        string stream = $"raw-{queue}";
        await jetStream.CreateOrUpdateStreamAsync(new StreamConfig(stream, [$"raw.{queue}"])
        {
            Retention = StreamConfigRetention.Workqueue,
            Storage = StreamConfigStorage.File,
            MaxMsgs = Capacity,
            Discard = StreamConfigDiscard.New,
            DuplicateWindow = TimeSpan.FromMinutes(2),
        });
        INatsJSConsumer consumer = await jetStream.CreateOrUpdateConsumerAsync(
            stream, new ConsumerConfig("workers") { AckPolicy = ConsumerConfigAckPolicy.Explicit, AckWait = AckWait, MaxDeliver = -1, MaxAckPending = Capacity });
        return new NatsNetQueue(connection, jetStream, consumer, $"raw.{queue}");
    }

    internal override async ValueTask<Func<byte[], ValueTask<byte[]>>?> OpenCallAsync(string url, string function)
    {
        NatsConnection server = Connect(url);
        INatsSub<byte[]> subscription = await server.SubscribeCoreAsync($"raw.f.{function}", "workers", NatsRawSerializer<byte[]>.Default);
        await server.PingAsync();
        _ = Task.Run(async () =>
        {
            await foreach (NatsMsg<byte[]> message in subscription.Msgs.ReadAllAsync())
            {
                await message.ReplyAsync(message.Data!, serializer: NatsRawSerializer<byte[]>.Default);
            }
        });
        NatsConnection caller = Connect(url);
        return async value => (await caller.RequestAsync(
            $"raw.f.{function}", value, requestSerializer: NatsRawSerializer<byte[]>.Default, replySerializer: NatsRawSerializer<byte[]>.Default)).Data!;
    }

    internal override async ValueTask<Func<ValueTask>?> OpenLockAsync(string url, string name)
    {
        INatsKVStore store = await new NatsKVContext(new NatsJSContext(Connect(url))).CreateStoreAsync(new NatsKVConfig("raw-locks") { Storage = NatsKVStorageType.File });
        byte[] holder = new byte[16];
        return async () =>
        {
            ulong revision = await store.CreateAsync(name, holder, NatsRawSerializer<byte[]>.Default);
            await store.DeleteAsync(name, new NatsKVDeleteOpts { Revision = revision });
        };
    }

    private static NatsConnection Connect(string url)
        => new(NatsOpts.Default with { Url = url, ReconnectWaitMin = TimeSpan.FromMilliseconds(50), ReconnectWaitMax = TimeSpan.FromSeconds(1) });

    private sealed class NatsNetQueue(NatsConnection connection, NatsJSContext jetStream, INatsJSConsumer consumer, string subject) : Queue
    {
        private static readonly AckOpts s_confirmed = new() { DoubleAck = true };

        internal override async ValueTask SendAsync(byte[] value)
        {
            PubAckResponse answer = await jetStream.PublishAsync(
                subject, value, NatsRawSerializer<byte[]>.Default, new NatsJSPubOpts { MsgId = Guid.CreateVersion7().ToString("N") });
            answer.EnsureSuccess();
        }

        internal override Task WorkAsync(int concurrency, Func<byte[], ValueTask> handler, CancellationToken stop)
            => concurrency == 1 ? OneByOneAsync(handler, stop) : SeveralAsync(concurrency, handler, stop);

        internal override async ValueTask HoldOneAsync()
        {
            INatsJSMsg<byte[]> message = await consumer.NextAsync(NatsRawSerializer<byte[]>.Default) ?? throw new TimeoutException("no value came");
            _ = Task.Run(async () =>
            {
                while (true)
                {
                    await message.AckProgressAsync();
                    await Task.Delay(AckWait / 3);
                }
            });
        }

        public override ValueTask DisposeAsync() => connection.DisposeAsync();

        private async Task OneByOneAsync(Func<byte[], ValueTask> handler, CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    if (await consumer.NextAsync(NatsRawSerializer<byte[]>.Default, new NatsJSNextOpts { Expires = TimeSpan.FromSeconds(1) }, stop) is { } message)
                    {
                        await HandleAsync(message, handler);
                    }
                }
                catch (OperationCanceledException)
                {
                    // Stopped.
                }
                catch (NatsException)
                {
                    await Task.Delay(10, CancellationToken.None); // the connection is down
                }
            }
        }

        private async Task SeveralAsync(int concurrency, Func<byte[], ValueTask> handler, CancellationToken stop)
        {
            using SemaphoreSlim places = new(concurrency);
            try
            {
                await foreach (INatsJSMsg<byte[]> message in consumer.ConsumeAsync(
                    NatsRawSerializer<byte[]>.Default, new NatsJSConsumeOpts { MaxMsgs = concurrency }, stop))
                {
                    await places.WaitAsync(stop);
                    _ = InPlaceAsync(message);
                }
            }
            catch (OperationCanceledException)
            {
                // Stopped.
            }

            for (int i = 0; i < concurrency; i++)
            {
                await places.WaitAsync(CancellationToken.None); // until the handlers have ended
            }

            async Task InPlaceAsync(INatsJSMsg<byte[]> message)
            {
                try
                {
                    await HandleAsync(message, handler);
                }
                finally
                {
                    places.Release();
                }
            }
        }

        private static async Task HandleAsync(INatsJSMsg<byte[]> message, Func<byte[], ValueTask> handler)
        {
            try
            {
                await handler(message.Data!);
                await message.AckAsync(s_confirmed, CancellationToken.None);
            }
            catch (NatsException)
            {
                // Not confirmed: the value comes again.
            }
        }
    }
}
