#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    var topics = new Topics<string>();
    using var sport = topics.Subscribe("sport");
    using var news = topics.Subscribe("news", capacity: 2);

    Console.WriteLine($"reached {topics.Publish("sport", "kick-off")}");
    Console.WriteLine($"reached {topics.Publish("weather", "rain")}");
    Console.WriteLine(await sport.Receiver.TakeAsync());

    foreach (string headline in new[] { "first", "second", "third" })
    {
        topics.Publish("news", headline);            // the reader is slow, the buffer full: the oldest gives way
    }

    Console.WriteLine($"{await news.Receiver.TakeAsync()}, {await news.Receiver.TakeAsync()}, missed {news.Missed}");

    topics.Close();
    Console.WriteLine((await sport.Receiver.ReceiveAsync()).Ok ? "more" : "closed");
});

// Publish never waits: a subscriber that does not keep up loses its oldest messages, and can tell how many.
internal sealed class Topics<T>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Subscriber>> _topics = [];
    private bool _closed;

    public Subscriber Subscribe(string topic, int capacity = 64)
    {
        var subscriber = new Subscriber(this, topic, capacity);
        lock (_lock)
        {
            if (_closed)
            {
                subscriber.Close();
            }
            else if (_topics.TryGetValue(topic, out List<Subscriber>? subscribers))
            {
                subscribers.Add(subscriber);
            }
            else
            {
                _topics.Add(topic, [subscriber]);
            }
        }

        return subscriber;
    }

    // Returns how many were reached. Under the lock, so that all subscribers of a topic see its messages in one order; no send waits.
    public int Publish(string topic, T message)
    {
        lock (_lock)
        {
            if (!_topics.TryGetValue(topic, out List<Subscriber>? subscribers))
            {
                return 0;
            }

            subscribers.ForEach(subscriber => subscriber.Put(message));
            return subscribers.Count;
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (Subscriber subscriber in _topics.Values.SelectMany(static subscribers => subscribers))
            {
                subscriber.Close();
            }

            _topics.Clear();
        }
    }

    private void Remove(Subscriber subscriber)
    {
        lock (_lock)
        {
            if (_topics.TryGetValue(subscriber.Topic, out List<Subscriber>? subscribers) && subscribers.Remove(subscriber) && subscribers.Count == 0)
            {
                _topics.Remove(subscriber.Topic);
            }
        }
    }

    internal sealed class Subscriber(Topics<T> topics, string topic, int capacity) : IDisposable
    {
        private readonly Chan<T> _messages = new(int.Max(capacity, 1));
        private long _missed;

        public string Topic => topic;

        public Receiver<T> Receiver => _messages;

        public long Missed => Volatile.Read(ref _missed);

        public void Dispose()
        {
            topics.Remove(this);
            Close();
        }

        // Called under the lock of the topics, so that no other message takes the place that is made here.
        internal void Put(T message)
        {
            if (!_messages.TrySend(message))
            {
                if (_messages.TryTake(out _))
                {
                    Interlocked.Increment(ref _missed);
                }

                _messages.TrySend(message);
            }
        }

        internal void Close() => _messages.TryClose();
    }
}
