namespace Goroutines.Runtime;

/// <summary>The waiting callers of <c>Main</c>.</summary>
/// <remarks>The array is replaced, never changed, by CAS; it is read from any thread. It must not lead to a goroutine: see <see cref="MainCall"/>.</remarks>
internal sealed class MainCalls
{
    private MainCall[] _calls = [];

    /// <summary>Whether the end of any main goroutine is still awaited.</summary>
    internal bool AnyPending
    {
        get
        {
            foreach (MainCall call in All)
            {
                if (call.IsPending)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private MainCall[] All => Volatile.Read(ref _calls);

    /// <summary>Whether a caller of <c>Main</c> waits for this goroutine.</summary>
    internal bool IsAwaited(long id)
    {
        foreach (MainCall call in All)
        {
            if (call.MainId == id && call.IsPending)
            {
                return true;
            }
        }

        return false;
    }

    internal void Add(MainCall call)
    {
        MainCall[] before;
        do
        {
            before = All;
        }
        while (!ReferenceEquals(Interlocked.CompareExchange(ref _calls, [.. before, call], before), before));
    }

    internal void Remove(MainCall call)
    {
        MainCall[] before;
        do
        {
            before = All;
        }
        while (!ReferenceEquals(Interlocked.CompareExchange(ref _calls, [.. before.Where(other => !ReferenceEquals(other, call))], before), before));
    }

    /// <summary>Ends the wait of all callers with <paramref name="failure"/>.</summary>
    internal void FailAll(Exception failure)
    {
        foreach (MainCall call in All)
        {
            if (call.IsPending)
            {
                call.Fail(failure);
            }
        }
    }

    /// <summary>Adds the kernel's ids of the threads that wait.</summary>
    internal void AddThreads(HashSet<int> threads)
    {
        foreach (MainCall call in All)
        {
            threads.Add(call.ThreadId);
        }
    }
}
