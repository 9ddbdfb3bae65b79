using System.ComponentModel;

namespace Goroutines.Race;

/// <summary>Replaces the methods of <see cref="SemaphoreSlim"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(SemaphoreSlim))]
public static class SemaphoreShims
{
    /// <inheritdoc cref="SemaphoreSlim.Wait()"/>
    public static void Wait(SemaphoreSlim self)
    {
        self.Wait();
        FrameworkSync.Acquire(self);
    }

    /// <inheritdoc cref="SemaphoreSlim.Wait(CancellationToken)"/>
    public static void Wait(SemaphoreSlim self, CancellationToken cancellationToken)
    {
        self.Wait(cancellationToken);
        FrameworkSync.Acquire(self);
    }

    /// <inheritdoc cref="SemaphoreSlim.WaitAsync()"/>
    public static Task WaitAsync(SemaphoreSlim self) => Waits(self, self.WaitAsync());

    /// <inheritdoc cref="SemaphoreSlim.WaitAsync(CancellationToken)"/>
    public static Task WaitAsync(SemaphoreSlim self, CancellationToken cancellationToken) => Waits(self, self.WaitAsync(cancellationToken));

    /// <inheritdoc cref="SemaphoreSlim.Release()"/>
    public static int Release(SemaphoreSlim self)
    {
        FrameworkSync.Release(self);
        return self.Release();
    }

    /// <inheritdoc cref="SemaphoreSlim.Release(int)"/>
    public static int Release(SemaphoreSlim self, int releaseCount)
    {
        FrameworkSync.Release(self);
        return self.Release(releaseCount);
    }

    /// <summary>Orders earlier releases before what follows an await of the task. A completed task is not linked, because all callers may
    /// share it.</summary>
    private static Task Waits(SemaphoreSlim self, Task task)
    {
        if (task.IsCompleted)
        {
            FrameworkSync.Acquire(self);
            return task;
        }

        return FrameworkSync.Ends(task, SyncTable.Of(self));
    }
}
