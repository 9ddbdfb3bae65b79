namespace Goroutines.ModelTests.Model;

/// <summary>Where a thread waits for its turn. What it does is hidden from the synchronization context, which may be a goroutine.</summary>
internal sealed class Gate : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(0);

    internal void Open()
    {
        SynchronizationContext? context = Hide();
        _semaphore.Release();
        Restore(context);
    }

    internal void Pass()
    {
        SynchronizationContext? context = Hide();
        _semaphore.Wait();
        Restore(context);
    }

    internal bool TryPass(TimeSpan atMost) => _semaphore.Wait(atMost);

    public void Dispose() => _semaphore.Dispose();

    /// <summary>Also the semaphore's own lock may be contended, and the context would be told.</summary>
    private static SynchronizationContext? Hide()
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        if (context is not null)
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }

        return context;
    }

    private static void Restore(SynchronizationContext? context)
    {
        if (context is not null)
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
