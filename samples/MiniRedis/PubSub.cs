namespace MiniRedis;

/// <summary>The channels that clients subscribe to.</summary>
internal sealed class PubSub
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<Subscriber>> _channels = new(StringComparer.Ordinal);

    /// <summary>Subscribes; the confirmation is queued before any message of the channel.</summary>
    public void Subscribe(Subscriber subscriber, string channel)
    {
        lock (_lock)
        {
            subscriber.Channels.Add(channel);
            Confirm(subscriber, "subscribe", channel);
            if (!_channels.TryGetValue(channel, out HashSet<Subscriber>? subscribers))
            {
                _channels.Add(channel, subscribers = []);
            }

            subscribers.Add(subscriber);
        }
    }

    /// <summary>Ends a subscription, or all if the channel is null.</summary>
    public void Unsubscribe(Subscriber subscriber, string? channel)
    {
        lock (_lock)
        {
            string?[] ended = channel is not null ? [channel] : subscriber.Channels.Count > 0 ? [.. subscriber.Channels] : [null];
            foreach (string? name in ended)
            {
                if (name is not null && subscriber.Channels.Remove(name) && _channels.TryGetValue(name, out HashSet<Subscriber>? subscribers))
                {
                    subscribers.Remove(subscriber);
                    if (subscribers.Count == 0)
                    {
                        _channels.Remove(name);
                    }
                }

                Confirm(subscriber, "unsubscribe", name);
            }
        }
    }

    /// <summary>Sends to all subscribers of a channel; returns how many there are. Waits for none: one that does not keep up is disconnected.</summary>
    public int Publish(string channel, byte[] message)
    {
        lock (_lock)
        {
            if (!_channels.TryGetValue(channel, out HashSet<Subscriber>? subscribers))
            {
                return 0;
            }

            var writer = new RespWriter();
            writer.Array(3);
            writer.Bulk("message");
            writer.Bulk(channel);
            writer.Bulk(message);
            byte[] bytes = writer.Bytes.ToArray();
            foreach (Subscriber subscriber in subscribers)
            {
                subscriber.Put(bytes);
            }

            return subscribers.Count;
        }
    }

    private static void Confirm(Subscriber subscriber, string what, string? channel)
    {
        var writer = new RespWriter();
        writer.Array(3);
        writer.Bulk(what);
        writer.Bulk(channel is null ? null : System.Text.Encoding.Latin1.GetBytes(channel));
        writer.Number(subscriber.Channels.Count);
        subscriber.Put(writer.Bytes.ToArray());
    }
}
