using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Scheduler;

/// <summary>
/// Tests of deadlocks: they begin only when nobody waits outside of goroutines any more, since whoever does keeps every
/// runtime from calling a deadlock. What earlier tests began to wait for and dropped is garbage, and goes with it.
/// </summary>
[Collection(AloneCollection.Name)]
public abstract class AloneTests : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await Poll.UntilAsync(
        static () =>
        {
            if (Goroutines.Runtime.Scheduler.HasOutsideWaiters)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            return !Goroutines.Runtime.Scheduler.HasOutsideWaiters;
        },
        "the waits of earlier tests to end");

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return default;
    }
}
