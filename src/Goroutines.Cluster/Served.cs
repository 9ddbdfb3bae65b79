namespace Goroutines.Cluster;

/// <summary>A function that this process serves until this object is disposed.</summary>
public sealed class Served : IAsyncDisposable
{
    private readonly IAsyncDisposable _subscription;
    private readonly WaitGroup _running;
    private readonly CancellationTokenSource _stop;
    private readonly TimeSpan _drainTimeout;
    private readonly GoRuntime _runtime;
    private readonly Action<Served> _ended;
    private readonly Once _end = new();

    internal Served(
        IAsyncDisposable subscription, WaitGroup running, CancellationTokenSource stop, TimeSpan drainTimeout, GoRuntime runtime, Action<Served> ended)
    {
        _subscription = subscription;
        _running = running;
        _stop = stop;
        _drainTimeout = drainTimeout;
        _runtime = runtime;
        _ended = ended;
    }

    /// <summary>Accepts no more calls, gives handlers <see cref="ServeOptions.DrainTimeout"/> to finish, then cancels their tokens and waits for them.</summary>
    /// <returns>A task that completes when no handler runs any longer, whichever call began that.</returns>
    public ValueTask DisposeAsync() => _end.DoAsync(EndAsync);

    private async ValueTask EndAsync()
    {
        await _subscription.DisposeAsync();
        using (GoTimer.AfterFunc(_drainTimeout, async () => await _stop.CancelAsync(), _runtime))
        {
            await _running.WaitAsync(CancellationToken.None);
        }

        _ended(this);
    }
}
