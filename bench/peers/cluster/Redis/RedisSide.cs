using StackExchange.Redis;

namespace Goroutines.ClusterPeer;

/// <summary>A stream of Redis with a consumer group, by StackExchange.Redis. Its client has no blocking reads, so an idle reader asks again after a
/// millisecond.</summary>
internal sealed class RedisSide : Side
{
    internal override string Settings => $"StackExchange.Redis {typeof(ConnectionMultiplexer).Assembly.GetName().Version?.ToString(3)}";

    internal override async ValueTask<Queue> OpenAsync(string url, string queue)
    {
        ConfigurationOptions options = ConfigurationOptions.Parse(url);
        options.AbortOnConnectFail = false;
        options.ReconnectRetryPolicy = new LinearRetry(100);
        ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(options);
        IDatabase database = connection.GetDatabase();
        try
        {
            await database.StreamCreateConsumerGroupAsync(queue, RedisQueue.Group, StreamPosition.Beginning, createStream: true);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("BUSYGROUP", StringComparison.Ordinal))
        {
            // It exists.
        }

        return new RedisQueue(connection, database, queue);
    }

    private sealed class RedisQueue(ConnectionMultiplexer connection, IDatabase database, string queue) : Queue
    {
        internal const string Group = "workers";

        private readonly string _consumer = Guid.NewGuid().ToString("N");

        internal override async ValueTask SendAsync(byte[] value) => await database.StreamAddAsync(queue, "v", value);

        internal override Task WorkAsync(int concurrency, Func<byte[], ValueTask> handler, CancellationToken stop)
            => Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(() => OneByOneAsync(handler, stop), CancellationToken.None)).Append(ClaimAsync(handler, stop)));

        internal override async ValueTask HoldOneAsync()
        {
            StreamEntry[] held;
            while ((held = await database.StreamReadGroupAsync(queue, Group, _consumer, StreamPosition.NewMessages, count: 1)).Length == 0)
            {
                await Task.Delay(1);
            }

            _ = Task.Run(async () =>
            {
                while (true)
                {
                    await Task.Delay(AckWait / 3);
                    await database.StreamClaimIdsOnlyAsync(queue, Group, _consumer, 0, [held[0].Id]);
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
                    StreamEntry[] entries = await database.StreamReadGroupAsync(queue, Group, _consumer, StreamPosition.NewMessages, count: 1);
                    if (entries.Length == 0)
                    {
                        await Task.Delay(1, CancellationToken.None);
                        continue;
                    }

                    await HandleAsync(entries[0], handler);
                }
                catch (Exception exception) when (exception is RedisException or TimeoutException)
                {
                    await Task.Delay(10, CancellationToken.None); // the connection is down
                }
            }
        }

        /// <summary>Takes over what other consumers have held for too long.</summary>
        private async Task ClaimAsync(Func<byte[], ValueTask> handler, CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    StreamAutoClaimResult claimed = await database.StreamAutoClaimAsync(queue, Group, _consumer, (long)AckWait.TotalMilliseconds, "0-0", count: 10);
                    foreach (StreamEntry entry in claimed.ClaimedEntries)
                    {
                        await HandleAsync(entry, handler);
                    }
                }
                catch (Exception exception) when (exception is RedisException or TimeoutException)
                {
                    // The connection is down.
                }

                await Task.Delay(100, CancellationToken.None);
            }
        }

        private async Task HandleAsync(StreamEntry entry, Func<byte[], ValueTask> handler)
        {
            await handler((byte[])entry["v"]!);
            Task<long> acknowledged = database.StreamAcknowledgeAsync(queue, Group, entry.Id);
            await database.StreamDeleteAsync(queue, [entry.Id]); // in one round trip with the other
            await acknowledged;
        }
    }
}
