using System.Collections.Concurrent;
using System.Globalization;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Goroutines.ClusterPeer;

/// <summary>A durable queue of RabbitMQ, by RabbitMQ.Client. A send ends when the server has confirmed it; the server confirms no acknowledgement, and gives
/// back what a connection holds as soon as that has ended. Calls go through a queue, and their answers through the server's direct reply.</summary>
internal sealed class RabbitMqSide : Side
{
    private const string DirectReply = "amq.rabbitmq.reply-to";

    internal override string Settings => $"RabbitMQ.Client {typeof(ConnectionFactory).Assembly.GetName().Version?.ToString(3)}";

    internal override async ValueTask<Queue> OpenAsync(string url, string queue)
    {
        IConnection connection = await ConnectAsync(url);
        IChannel sends = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null));
        await sends.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        return new RabbitMqQueue(connection, sends, queue);
    }

    internal override async ValueTask<Func<byte[], ValueTask<byte[]>>?> OpenCallAsync(string url, string function)
    {
        IChannel serves = await (await ConnectAsync(url)).CreateChannelAsync();
        await serves.QueueDeclareAsync(function, durable: false, exclusive: false, autoDelete: false);
        AsyncEventingBasicConsumer served = new(serves);
        served.ReceivedAsync += async (_, request) => await serves.BasicPublishAsync(
            "", request.BasicProperties.ReplyTo!, false, new BasicProperties { CorrelationId = request.BasicProperties.CorrelationId }, request.Body.ToArray());
        await serves.BasicConsumeAsync(function, autoAck: true, served);

        IChannel calls = await (await ConnectAsync(url)).CreateChannelAsync();
        ConcurrentDictionary<string, TaskCompletionSource<byte[]>> waiting = new();
        AsyncEventingBasicConsumer answered = new(calls);
        answered.ReceivedAsync += (_, answer) =>
        {
            if (waiting.TryRemove(answer.BasicProperties.CorrelationId!, out TaskCompletionSource<byte[]>? call))
            {
                call.SetResult(answer.Body.ToArray());
            }

            return Task.CompletedTask;
        };
        await calls.BasicConsumeAsync(DirectReply, autoAck: true, answered);
        long last = 0;
        return async value =>
        {
            string id = Interlocked.Increment(ref last).ToString(CultureInfo.InvariantCulture);
            TaskCompletionSource<byte[]> call = new(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting[id] = call;
            await calls.BasicPublishAsync("", function, false, new BasicProperties { CorrelationId = id, ReplyTo = DirectReply }, value);
            return await call.Task;
        };
    }

    private static Task<IConnection> ConnectAsync(string url)
    {
        string[] parts = url.Split(':');
        return new ConnectionFactory
        {
            HostName = parts[0],
            Port = int.Parse(parts[1], CultureInfo.InvariantCulture),
            NetworkRecoveryInterval = TimeSpan.FromMilliseconds(100),
        }.CreateConnectionAsync();
    }

    private sealed class RabbitMqQueue(IConnection connection, IChannel sends, string queue) : Queue
    {
        private static readonly BasicProperties s_persistent = new() { Persistent = true };

        internal override ValueTask SendAsync(byte[] value) => sends.BasicPublishAsync("", queue, mandatory: true, s_persistent, value);

        internal override async Task WorkAsync(int concurrency, Func<byte[], ValueTask> handler, CancellationToken stop)
        {
            await using IChannel channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(false, false, null, (ushort)concurrency), CancellationToken.None);
            await channel.BasicQosAsync(0, (ushort)concurrency, global: false, CancellationToken.None);
            int running = 0;
            AsyncEventingBasicConsumer consumer = new(channel);
            consumer.ReceivedAsync += async (_, delivery) =>
            {
                Interlocked.Increment(ref running);
                try
                {
                    await handler(delivery.Body.ToArray());
                    await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, CancellationToken.None);
                }
                catch (RabbitMQ.Client.Exceptions.AlreadyClosedException)
                {
                    // The connection is down. The server delivers the value again.
                }
                finally
                {
                    Interlocked.Decrement(ref running);
                }
            };
            string tag = await channel.BasicConsumeAsync(queue, autoAck: false, consumer, CancellationToken.None);
            TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using (stop.Register(stopped.SetResult))
            {
                await stopped.Task;
            }

            await channel.BasicCancelAsync(tag, cancellationToken: CancellationToken.None);
            while (Volatile.Read(ref running) != 0)
            {
                await Task.Delay(1, CancellationToken.None);
            }
        }

        internal override async ValueTask HoldOneAsync()
        {
            IChannel channel = await connection.CreateChannelAsync();
            await channel.BasicQosAsync(0, 1, global: false);
            TaskCompletionSource holds = new(TaskCreationOptions.RunContinuationsAsynchronously);
            AsyncEventingBasicConsumer consumer = new(channel);
            consumer.ReceivedAsync += (_, _) =>
            {
                holds.TrySetResult();
                return Task.CompletedTask;
            };
            await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
            await holds.Task;
        }

        public override ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
