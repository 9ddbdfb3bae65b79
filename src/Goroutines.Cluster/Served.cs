namespace Goroutines.Cluster;

/// <summary>A function that this process serves until this object is disposed.</summary>
public sealed class Served : IAsyncDisposable
{
    private readonly IAsyncDisposable _subscription;
    private readonly WaitGroup _running;
    private readonly CancellationTokenSource _stop;
    private readonly TimeSpan _drainTimeout;
    private readonly GoRuntime _runtime;
    private int _disposed;

    internal Served(IAsyncDisposable subscription, WaitGroup running, CancellationTokenSource stop, TimeSpan drainTimeout, GoRuntime runtime)
    {
        _subscription = subscription;
        _running = running;
        _stop = stop;
        _drainTimeout = drainTimeout;
        _runtime = runtime;
    }

    /// <summary>Accepts no more calls, gives handlers <see cref="ServeOptions.DrainTimeout"/> to finish, then cancels their tokens and waits for them.</summary>
    /// <returns>A task that completes when no handler runs any longer.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _subscription.DisposeAsync();
        using (GoTimer.AfterFunc(_drainTimeout, async () => await _stop.CancelAsync(), _runtime))
        {
            await _running.WaitAsync(CancellationToken.None);
        }
    }
}
