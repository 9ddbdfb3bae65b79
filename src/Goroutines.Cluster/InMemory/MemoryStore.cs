using Goroutines.Cluster.Engine;

namespace Goroutines.Cluster.InMemory;

/// <summary>The state that the members of a <see cref="MemoryCluster"/> share: queues, keys, topics and functions.</summary>
internal sealed class MemoryStore(GoRuntime runtime)
{
    /// <summary>How long a repeated write is recognized.</summary>
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, MemoryQueue> _queues = [];
    private readonly Dictionary<string, KeyEntry> _keys = [];
    private readonly Dictionary<string, long> _writes = [];
    private readonly Queue<(string Operation, long At)> _writesByAge = new();
    private readonly Dictionary<string, List<Action>> _topics = [];
    private readonly Dictionary<string, List<Func<CallRequest, ValueTask<CallReply>>>> _functions = [];
    private long _revision;
    private ulong _members;

    internal GoRuntime Runtime { get; } = runtime;

    /// <summary>Guards the queues and keys; topics and functions have their own locks. Held for a few instructions, never across a
    /// wait.</summary>
    internal GoMutex Mutex { get; } = new();

    internal ulong NextSeed() => Interlocked.Increment(ref _members);

    internal MemoryQueue OpenQueue(QueueSettings settings)
    {
        if (_queues.TryGetValue(settings.Name, out MemoryQueue? queue))
        {
            settings.ThrowUnlessSame(queue.Settings);
            return queue;
        }

        if (!settings.Provision)
        {
            throw new ClusterConfigurationException($"the channel {settings.Name} does not exist, and Provision is false");
        }

        queue = new MemoryQueue(Runtime, settings);
        _queues.Add(settings.Name, queue);
        return queue;
    }

    internal KeyEntry? ReadKey(string key) => _keys.GetValueOrDefault(key);

    internal long WriteKey(string key, string value, long expected, string operation)
    {
        long now = Runtime.TimeProvider.GetTimestamp();
        while (_writesByAge.TryPeek(out (string Operation, long At) oldest) && Runtime.TimeProvider.GetElapsedTime(oldest.At, now) >= s_window)
        {
            _writes.Remove(oldest.Operation);
            _writesByAge.Dequeue();
        }

        if (_writes.TryGetValue(operation, out long revision))
        {
            return revision;
        }

        if ((_keys.GetValueOrDefault(key)?.Revision ?? 0) != expected)
        {
            return 0;
        }

        revision = ++_revision;
        _keys[key] = new KeyEntry(value, revision);
        _writes[operation] = revision;
        _writesByAge.Enqueue((operation, now));
        return revision;
    }

    internal Action[] Listeners(string topic)
    {
        lock (_topics)
        {
            return _topics.TryGetValue(topic, out List<Action>? listeners) ? [.. listeners] : [];
        }
    }

    internal void Listen(string topic, Action heard)
    {
        lock (_topics)
        {
            if (!_topics.TryGetValue(topic, out List<Action>? listeners))
            {
                _topics[topic] = listeners = [];
            }

            listeners.Add(heard);
        }
    }

    internal void StopListening(string topic, Action heard)
    {
        lock (_topics)
        {
            if (_topics.TryGetValue(topic, out List<Action>? listeners) && listeners.Remove(heard) && listeners.Count == 0)
            {
                _topics.Remove(topic);
            }
        }
    }

    internal Func<CallRequest, ValueTask<CallReply>>? Server(string function, double dice)
    {
        lock (_functions)
        {
            return _functions.TryGetValue(function, out List<Func<CallRequest, ValueTask<CallReply>>>? servers) && servers.Count != 0
                ? servers[(int)(dice * servers.Count)] : null;
        }
    }

    internal void Serve(string function, Func<CallRequest, ValueTask<CallReply>> handler)
    {
        lock (_functions)
        {
            if (!_functions.TryGetValue(function, out List<Func<CallRequest, ValueTask<CallReply>>>? servers))
            {
                _functions[function] = servers = [];
            }

            servers.Add(handler);
        }
    }

    internal void StopServing(string function, Func<CallRequest, ValueTask<CallReply>> handler)
    {
        lock (_functions)
        {
            _functions[function].Remove(handler);
        }
    }
}
