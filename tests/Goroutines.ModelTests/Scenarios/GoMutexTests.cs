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

    [Theory]
    [InlineData("GoMutex.Release CompareExchange _state")]
    [InlineData("GoMutex.ReleaseBySeen CompareExchange _state")]
    public void Planted_UnlockedByAPlainStore(string site) => Verify.Finds(() => Count(threads: 2), Plant.Weaken(site));

    [Fact]
    public void Planted_QueuedByAPlainStore() => Verify.Finds(() => Count(threads: 2), Plant.Weaken("GoMutex.TryEnqueue CompareExchange _state"));

    private static ModelProgram Count(int threads)
    {
        GoMutex mutex = new();
        int count = 0;
        ModelProgram program = new() { Check = () => Assert.Equal(threads, count) };
        for (int i = 0; i < threads; i++)
        {
            bool byHolder = i == 0;
            program.Thread($"{i}", () =>
            {
                Holder holder = mutex.Lock();
                Shared.Write(ref count, Shared.Read(ref count) + 1);
                if (byHolder)
                {
                    holder.Dispose();
                }
                else
                {
                    mutex.Unlock();
                }
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
