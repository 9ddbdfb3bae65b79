namespace Goroutines.ModelTests.Model;

/// <summary>Where a thread waits for its turn. The wait is hidden from the synchronization context, which may be a goroutine.</summary>
internal sealed class Gate : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(0);

    internal void Open() => _semaphore.Release();

    internal void Pass()
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        if (context is null)
        {
            _semaphore.Wait();
            return;
        }

        SynchronizationContext.SetSynchronizationContext(null);
        _semaphore.Wait();
        SynchronizationContext.SetSynchronizationContext(context);
    }

    internal bool TryPass(TimeSpan atMost) => _semaphore.Wait(atMost);

    public void Dispose() => _semaphore.Dispose();
}
