using System.Diagnostics.CodeAnalysis;

namespace Goroutines.Race.Mutants;

/// <summary>What the mutated programs call in place of the methods that synchronize. Each has the parameters of the method, the receiver first, and the number of the call.</summary>
/// <remarks>A hold that was not taken is the default value, which does nothing when it is disposed. In the copy of this assembly that runs, these methods are rewritten for the
/// detector like all others.</remarks>
[SuppressMessage("Reliability", "CA2012:Use ValueTasks correctly", Justification = "They are handed on.")]
[SuppressMessage("Design", "CA1068:CancellationToken parameters must come last", Justification = "The number comes last on the stack.")]
public static class Replaced
{
    public static ValueTask<Holder> LockAsync(GoMutex mutex, CancellationToken token, int site) => Skips.Leaves(site, mutex) ? default : mutex.LockAsync(token);

    public static void Unlock(GoMutex mutex)
    {
        if (!Skips.LeavesEnd(mutex))
        {
            mutex.Unlock();
        }
    }

    public static ValueTask<Holder> LockAsync(GoRWMutex mutex, CancellationToken token, int site) => Skips.Leaves(site) ? default : mutex.LockAsync(token);

    public static ValueTask<Holder> ReadLockAsync(GoRWMutex mutex, CancellationToken token, int site) => Skips.Leaves(site) ? default : mutex.ReadLockAsync(token);

    public static ValueTask<Holder> AcquireAsync(WeightedSemaphore semaphore, long n, CancellationToken token, int site)
        => Skips.Leaves(site, semaphore) ? default : semaphore.AcquireAsync(n, token);

    public static void Release(WeightedSemaphore semaphore, long n)
    {
        if (!Skips.LeavesEnd(semaphore))
        {
            semaphore.Release(n);
        }
    }

    public static Lock.Scope EnterScope(Lock mutex, int site) => Skips.Leaves(site) ? default : mutex.EnterScope();

    public static ValueTask WaitAsync(WaitGroup group, CancellationToken token, int site) => Skips.Leaves(site) ? default : group.WaitAsync(token);
}
