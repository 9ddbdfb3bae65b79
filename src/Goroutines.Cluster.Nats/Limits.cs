namespace Goroutines.Cluster.Nats;

/// <summary>A pool of cancellation token sources that limit the duration of requests.</summary>
internal sealed class Limits
{
    private readonly Stack<CancellationTokenSource> _free = new();

    internal CancellationTokenSource Rent(TimeSpan after)
    {
        CancellationTokenSource? source;
        lock (_free)
        {
            _free.TryPop(out source);
        }

        source ??= new CancellationTokenSource();
        source.CancelAfter(after);
        return source;
    }

    internal void Return(CancellationTokenSource source)
    {
        if (!source.TryReset())
        {
            source.Dispose();
            return;
        }

        lock (_free)
        {
            _free.Push(source);
        }
    }
}
