using Goroutines.Cluster.Engine;

namespace Goroutines.Cluster.InMemory;

/// <summary>A queue in memory. All members are called with <see cref="Mutex"/> held.</summary>
/// <remarks>As with the engines for several machines, an acknowledgement removes the message, even if it is from a former holder.</remarks>
internal sealed class MemoryQueue(GoRuntime runtime, QueueSettings settings)
{
    private readonly TimeProvider _clock = runtime.TimeProvider;
    private readonly Dictionary<long, Stored> _stored = [];
    private readonly SortedSet<long> _ready = [];
    private readonly LinkedList<MemoryPull> _pulls = new();
    private readonly Dictionary<string, long> _ids = [];
    private readonly Queue<(string Id, long At)> _idsByAge = new();
    private readonly SortedDictionary<long, DeadEntry> _dead = [];
    private readonly HashSet<string> _deadIds = [];
    private long _last;
    private int _held;

    internal QueueSettings Settings { get; } = settings;

    internal GoMutex Mutex { get; } = new();

    internal QueueState State => new(_stored.Count, _held);

    internal PublishOutcome Publish(EngineMessage message)
    {
        long now = _clock.GetTimestamp();
        while (_idsByAge.TryPeek(out (string Id, long At) oldest) && _clock.GetElapsedTime(oldest.At, now) >= Settings.DuplicateWindow)
        {
            _ids.Remove(oldest.Id);
            _idsByAge.Dequeue();
        }

        if (_ids.ContainsKey(message.Id))
        {
            return PublishOutcome.Duplicate;
        }

        if (_stored.Count >= Settings.Capacity)
        {
            return PublishOutcome.Full;
        }

        _ids.Add(message.Id, now);
        _idsByAge.Enqueue((message.Id, now));
        long sequence = ++_last;
        _stored.Add(sequence, new Stored(message with { Payload = message.Payload.ToArray() }, _clock.GetUtcNow()));
        _ready.Add(sequence);
        Dispatch();
        return PublishOutcome.Stored;
    }

    internal void Join(MemoryPull pull)
    {
        pull.Node = _pulls.AddLast(pull);
        Dispatch();
    }

    /// <summary>Withdraws a cancelled pull. A message that it has already got counts as not delivered.</summary>
    internal void Leave(MemoryPull pull)
    {
        if (pull.Node is { } node)
        {
            _pulls.Remove(node);
            pull.Node = null;
        }
        else if (pull.Result.TryTake(out EngineDelivery? delivery) && delivery is not null && _stored.TryGetValue(delivery.Sequence, out Stored? stored))
        {
            stored.Attempts--;
            Release(delivery.Sequence, stored);
            Dispatch();
        }
    }

    internal void WakePulls(MemoryQueueClient client, bool close)
    {
        for (LinkedListNode<MemoryPull>? node = _pulls.First; node is not null;)
        {
            LinkedListNode<MemoryPull>? next = node.Next;
            if (ReferenceEquals(node.Value.Client, client))
            {
                _pulls.Remove(node);
                node.Value.Node = null;
                if (close)
                {
                    node.Value.Result.Close();
                }
                else
                {
                    node.Value.Result.TrySend(null);
                }
            }

            node = next;
        }
    }

    internal Unit Ack(long sequence)
    {
        if (_stored.Remove(sequence, out Stored? stored))
        {
            stored.Timer?.Stop();
            _ready.Remove(sequence);
            _held -= stored.IsHeld ? 1 : 0;
            Dispatch();
        }

        return default;
    }

    internal Unit GiveBack(long sequence, TimeSpan delay)
    {
        if (_stored.TryGetValue(sequence, out Stored? stored) && stored.IsHeld)
        {
            Release(sequence, stored);
            if (delay > TimeSpan.Zero)
            {
                _ready.Remove(sequence);
                Arm(sequence, stored, delay);
            }

            Dispatch();
        }

        return default;
    }

    internal Unit Progress(long sequence)
    {
        if (_stored.TryGetValue(sequence, out Stored? stored) && stored.IsHeld)
        {
            Arm(sequence, stored, Settings.AckWait);
        }

        return default;
    }

    internal Unit Bury(EngineMessage message)
    {
        if (_deadIds.Add(message.Id))
        {
            long sequence = ++_last;
            _dead.Add(sequence, new DeadEntry(sequence, message, _clock.GetUtcNow()));
        }

        return default;
    }

    internal IReadOnlyList<DeadEntry> Dead(long after, int limit) => [.. _dead.Values.Where(entry => entry.Sequence > after).Take(limit)];

    internal Unit RemoveDead(long sequence)
    {
        if (_dead.Remove(sequence, out DeadEntry? entry))
        {
            _deadIds.Remove(entry.Message.Id);
        }

        return default;
    }

    /// <summary>Hands ready messages to waiting pulls, both in order.</summary>
    private void Dispatch()
    {
        while (_ready.Count != 0 && _pulls.First is { } node && (!Settings.Ordered || _held == 0))
        {
            long sequence = _ready.Min;
            if (Settings.Ordered && _stored.Keys.Min() != sequence)
            {
                return; // an earlier one waits for its retry
            }

            _ready.Remove(sequence);
            _pulls.Remove(node);
            node.Value.Node = null;
            Stored stored = _stored[sequence];
            stored.Attempts++;
            stored.IsHeld = true;
            _held++;
            Arm(sequence, stored, Settings.AckWait);
            node.Value.Result.TrySend(new MemoryDelivery(node.Value.Client, stored.Message, sequence, stored.Attempts, stored.At, _clock.GetTimestamp()));
        }
    }

    private void Release(long sequence, Stored stored)
    {
        stored.Timer?.Stop();
        _held -= stored.IsHeld ? 1 : 0;
        stored.IsHeld = false;
        _ready.Add(sequence);
    }

    /// <summary>Makes the message ready after a time, unless it is armed again before.</summary>
    private void Arm(long sequence, Stored stored, TimeSpan after)
    {
        int number = ++stored.Armed;
        stored.Timer?.Stop();
        stored.Timer = GoTimer.AfterFunc(
            after,
            async () =>
            {
                using (await Mutex.LockAsync())
                {
                    if (stored.Armed == number && _stored.ContainsKey(sequence))
                    {
                        Release(sequence, stored);
                        Dispatch();
                    }
                }
            },
            runtime);
    }

    private sealed class Stored(EngineMessage message, DateTimeOffset at)
    {
        internal EngineMessage Message { get; } = message;

        internal DateTimeOffset At { get; } = at;

        internal int Attempts { get; set; }

        internal bool IsHeld { get; set; }

        /// <summary>How often the timer was set. An older setting that has already fired does nothing.</summary>
        internal int Armed { get; set; }

        internal GoTimer? Timer { get; set; }
    }
}

/// <summary>One wait for a message.</summary>
internal sealed class MemoryPull(MemoryQueueClient client)
{
    internal MemoryQueueClient Client { get; } = client;

    internal Chan<EngineDelivery?> Result { get; } = new(1);

    /// <summary>Whether its request has arrived. A request may arrive twice.</summary>
    internal bool HasArrived { get; set; }

    /// <summary>Its place in the queue of pulls; null before it joins, and after it was served, woken or withdrawn.</summary>
    internal LinkedListNode<MemoryPull>? Node { get; set; }
}
