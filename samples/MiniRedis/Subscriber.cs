using Goroutines;
using Goroutines.Net;

namespace MiniRedis;

/// <summary>The side of a connection that messages are pushed to: a queue, and a goroutine that sends what is in it.</summary>
internal sealed class Subscriber
{
    private readonly Conn _conn;
    private readonly Chan<byte[]> _queue = new(capacity: 1024);
    private readonly Goroutine _pump;

    public Subscriber(Conn conn)
    {
        _conn = conn;
        _pump = Go.Run(PumpAsync);
    }

    /// <summary>Gets the channels that are subscribed to. Under the lock of <see cref="PubSub"/>.</summary>
    public HashSet<string> Channels { get; } = new(StringComparer.Ordinal);

    /// <summary>Queues bytes. If the client takes none for too long, its connection is closed, which ends its session.</summary>
    public void Put(byte[] bytes)
    {
        if (!_queue.TrySend(bytes))
        {
            _conn.Dispose();
        }
    }

    /// <summary>Sends what is queued, and ends. Nothing may be queued any more.</summary>
    public async ValueTask CloseAsync()
    {
        _queue.Close();
        try
        {
            _conn.WriteDeadline = Go.Now + TimeSpan.FromSeconds(5);  // a client that does not read must not hold the session up
        }
        catch (ObjectDisposedException)
        {
            // Closed already, because it took no messages.
        }

        await _pump;
    }

    private async ValueTask PumpAsync()
    {
        try
        {
            await foreach (byte[] bytes in _queue)
            {
                await _conn.WriteAsync(bytes);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The client has gone; its session notices, too.
        }
    }
}
