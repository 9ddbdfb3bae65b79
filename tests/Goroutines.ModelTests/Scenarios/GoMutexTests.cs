using Goroutines.ModelTests.Model;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>The mutex of goroutines, between plain threads: one holds it at a time, and nobody is left behind in its queue.</summary>
public class GoMutexTests
{
    [Fact]
    public void TwoThreads() => Verify.Holds(() => Count(threads: 2));

    [Fact]
    public void LockAgainstCancel() => Verify.Holds(CancelledOrNot);

    [Fact]
    public void TwoThreads_LoadsReordered() => Verify.HoldsReordered(() => Count(threads: 2));

    [Fact]
    public void LockAgainstCancel_LoadsReordered() => Verify.HoldsReordered(CancelledOrNot);

    [Fact]
    public void Planted_TakenByAPlainStore() => Verify.Finds(() => Count(threads: 2), Plant.Weaken("GoMutex.TryAcquire CompareExchange _state"));

    [Fact]
    public void Planted_UnlockedByAPlainStore() => Verify.Finds(() => Count(threads: 2), Plant.Weaken("GoMutex.Release CompareExchange _state"));

    [Fact]
    public void Planted_QueuedByAPlainStore() => Verify.Finds(() => Count(threads: 2), Plant.Weaken("GoMutex.TryEnqueue CompareExchange _state"));

    private static ModelProgram Count(int threads)
    {
        GoMutex mutex = new();
        int count = 0;
        ModelProgram program = new() { Check = () => Assert.Equal(threads, count) };
        for (int i = 0; i < threads; i++)
        {
            program.Thread($"{i}", () =>
            {
                mutex.Lock();
                Shared.Write(ref count, Shared.Read(ref count) + 1);
                mutex.Unlock();
            });
        }

        return program;
    }

    /// <summary>One gives its wait up, or gets the lock; either way the mutex is free at the end.</summary>
    private static ModelProgram CancelledOrNot()
    {
        GoMutex mutex = new();
        ModelToken token = new();
        return new ModelProgram { Check = () => Assert.True(mutex.TryLock(out _), "Nobody holds the mutex, and it is locked.") }
            .Thread("holder", () =>
            {
                mutex.Lock();
                mutex.Unlock();
            })
            .Thread("waiter", () =>
            {
                try
                {
                    Blocking.Wait(mutex.LockAsync(token.Token)).Dispose();
                }
                catch (OperationCanceledException)
                {
                }
            })
            .Thread("canceller", token.Cancel);
    }
}
