using Goroutines.ModelTests.Model;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>A wait for a condition that begins while others unlock its mutex and signal.</summary>
public class GoCondTests
{
    [Fact]
    public void WaitAgainstUnlockAndSignal() => Verify.Holds(UnlockedByAnother);

    /// <summary>Were the waiter sent to the mutex before it has released it, it would release the hold that it gets there.</summary>
    [Fact]
    public void Planted_SentToTheMutexTooEarly() => Verify.Finds(UnlockedByAnother, Plant.Blind("GoCond.TakeOut Load SyncWaiter.Releases"));

    [Fact]
    public void WaitAgainstSignal() => Verify.Holds(Signalled);

    [Fact]
    public void WaitAgainstUnlockAndSignal_LoadsReordered() => Verify.HoldsReordered(UnlockedByAnother);

    [Fact]
    public void WaitAgainstSignal_LoadsReordered() => Verify.HoldsReordered(Signalled);

    /// <summary>The hold that the wait gives up may be ended by another first. Either the wait fails, or it ends with the mutex held.</summary>
    private static ModelProgram UnlockedByAnother()
    {
        GoMutex mutex = new();
        GoCond cond = new(mutex);
        mutex.Lock();
        return new ModelProgram { Check = () => Assert.True(mutex.TryLock(out _), "Nobody holds the mutex, and it is locked.") }
            .Thread("waiter", () =>
            {
                ValueTask waiting = cond.WaitAsync(); // never throws
                try
                {
                    Blocking.Wait(waiting);
                }
                catch (InvalidOperationException)
                {
                    return;
                }

                mutex.Unlock();
            })
            .Thread("other", () =>
            {
                try
                {
                    mutex.Unlock();
                }
                catch (InvalidOperationException)
                {
                    // the wait has unlocked it
                }

                cond.Signal();
            });
    }

    private static ModelProgram Signalled()
    {
        GoMutex mutex = new();
        GoCond cond = new(mutex);
        int ready = 0;
        return new ModelProgram { Check = () => Assert.True(mutex.TryLock(out _), "Nobody holds the mutex, and it is locked.") }
            .Thread("waiter", () =>
            {
                mutex.Lock();
                while (Shared.Read(ref ready) == 0)
                {
                    Blocking.Wait(cond.WaitAsync());
                }

                mutex.Unlock();
            })
            .Thread("signaller", () =>
            {
                mutex.Lock();
                Shared.Write(ref ready, 1);
                mutex.Unlock();
                cond.Signal();
            });
    }
}
