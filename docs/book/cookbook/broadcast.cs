#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    var prices = new Broadcast<int>();
    var group = new WaitGroup();
    var sums = new int[3];
    for (int i = 0; i < sums.Length; i++)
    {
        group.Spawn(Sum, prices.Subscribe(), (sums, i));
    }

    Subscription<int> gone = prices.Subscribe(capacity: 1);
    for (int price = 1; price <= 100; price++)
    {
        await prices.SendAsync(price);
        if (price == 2)
        {
            gone.Dispose();                          // although its buffer is full: the sender does not hang on it
        }
        else if (price == 1)
        {
            Console.WriteLine($"the one that leaves got {await gone.Receiver.TakeAsync()}");
        }
    }

    prices.Close();
    await group.WaitAsync();
    Console.WriteLine(string.Join(' ', sums));
});

static async ValueTask Sum(Subscription<int> subscription, (int[] Sums, int Index) result)
{
    using (subscription)
    {
        await foreach (int price in subscription.Receiver)
        {
            result.Sums[result.Index] += price;
        }
    }
}

// Every subscriber gets every value that is sent after it subscribed. The sender waits for the slowest; a subscriber that disposes its
// subscription holds nothing up any more.
internal sealed class Broadcast<T>
{
    private readonly Lock _lock = new();
    private Subscription<T>[] _subscriptions = [];
    private bool _closed;

    public Subscription<T> Subscribe(int capacity = 16)
    {
        var subscription = new Subscription<T>(capacity, Remove);
        lock (_lock)
        {
            if (_closed)
            {
                subscription.Close();
            }
            else
            {
                _subscriptions = [.. _subscriptions, subscription];
            }
        }

        return subscription;
    }

    // For one sender at a time, like the close: values reach all subscribers in one order.
    public async ValueTask SendAsync(T value, CancellationToken cancellationToken = default)
    {
        Subscription<T>[] subscriptions;
        lock (_lock)
        {
            subscriptions = _subscriptions;
        }

        foreach (Subscription<T> subscription in subscriptions)
        {
            await subscription.SendAsync(value, cancellationToken);
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Array.ForEach(_subscriptions, static subscription => subscription.Close());
            _subscriptions = [];
        }
    }

    private void Remove(Subscription<T> subscription)
    {
        lock (_lock)
        {
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
        }
    }
}

internal sealed class Subscription<T>(int capacity, Action<Subscription<T>> remove) : IDisposable
{
    private readonly Chan<T> _values = new(capacity);
    private readonly CancelContext _gone = GoContext.Background.WithCancel();

    public Receiver<T> Receiver => _values;

    public void Dispose()
    {
        remove(this);
        _gone.Dispose();                             // cancels: a sender that waits for this subscriber goes on
    }

    internal void Close() => _values.TryClose();

    internal async ValueTask SendAsync(T value, CancellationToken cancellationToken)
    {
        if (!_values.TrySend(value))
        {
            await new Select().AndSend(_values, value).AndReceive(_gone).WaitAsync(cancellationToken);
        }
    }
}
