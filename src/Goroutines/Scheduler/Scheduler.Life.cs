using Goroutines.Diagnostics;
using Goroutines.Time;

namespace Goroutines.Scheduler;

/// <summary>Timers' way in, panics, and the end of goroutines, workers and the scheduler itself.</summary>
internal sealed partial class Scheduler
{
    private Action<PanicInfo> _panicHandler;
    private TaskCompletionSource? _drained;
    private TaskCompletionSource? _workersGone;

    internal Action<PanicInfo> PanicHandler
    {
        get => Volatile.Read(ref _panicHandler);
        set => Volatile.Write(ref _panicHandler, value);
    }

    /// <summary>Puts a timer into the heap of the caller's P, or of any P in use, and sees to it that somebody wakes in time.</summary>
    internal void AddTimer(in TimerEntry entry)
    {
        if (AddTimerSilently(CurrentP, entry))
        {
            TimerAdded(entry.When);
        }
    }

    /// <returns>Whether it is now the first of its heap.</returns>
    private bool AddTimerSilently(P? p, in TimerEntry entry)
    {
        bool first;
        if (p is not null && p.Timers.TryAdd(entry, out first))
        {
            return first;
        }

        // At least one P is always in use, though which one may change while we look.
        P[] all = _allP;
        for (int i = (int)((uint)Environment.CurrentManagedThreadId % (uint)all.Length); ; i++)
        {
            if (all[i % all.Length].Timers.TryAdd(entry, out first))
            {
                return first;
            }
        }
    }

    /// <summary>An exception left goroutine <paramref name="g"/>: it goes to the handler, and the worker goes on.</summary>
    internal void Panic(G g, Exception exception)
    {
        PanicInfo info = new(exception, g.Id, Traceback.NameOf(g), Traceback.CreatedAt(g));
        try
        {
            PanicHandler(info);
        }
        catch (Exception second)
        {
            PanicPrinter.HandlerFailed(info, second);
        }
    }

    internal void GoroutineEnded()
    {
        if (_drained is not null)
        {
            CheckDrained();
        }
    }

    internal void GoroutinesLost(int count)
    {
        Interlocked.Add(ref _lost, count);
        GoroutineEnded();
    }

    /// <summary>Takes no more goroutines; the task ends when the last one has.</summary>
    internal Task DrainAsync()
    {
        _refuses = true;
        TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        drained = Interlocked.CompareExchange(ref _drained, drained, null) ?? drained;
        Interlocked.MemoryBarrier(); // pairs with the counting before GoroutineEnded's look at _drained
        CheckDrained();
        return drained.Task;
    }

    /// <summary>Ends the workers, each at its next scheduling point; the task ends when they have all gone.</summary>
    internal Task StopWorkersAsync()
    {
        _refuses = true;
        TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        gone = Interlocked.CompareExchange(ref _workersGone, gone, null) ?? gone;
        _lock.Enter();
        _stopping = true;
        M[] workers = _allM;
        _lock.Exit();
        foreach (M m in workers)
        {
            m.Wake();
        }

        foreach (StackfulThread thread in Stacks.Threads)
        {
            thread.Note.Wake();
        }

        _sysmonNote.Wake();
        _providerTimer?.Dispose();
        if (workers.Length == 0)
        {
            _net?.Retire();
            gone.TrySetResult();
        }

        return gone.Task;
    }

    internal void WorkerExited(M m)
    {
        _lock.Enter();
        _allM = [.. _allM.Where(other => !ReferenceEquals(other, m))];
        bool last = _stopping && _allM.Length == 0;
        if (m.HasP)
        {
            PutIdleLocked(m.Release());
        }

        _lock.Exit();
        if (last)
        {
            _sysmonNote.Wake();
            _net?.Retire();
            _workersGone?.TrySetResult();
        }
    }

    private void CheckDrained()
    {
        if (CountWithout(static p => Volatile.Read(ref p.Delivered)) <= 0)
        {
            _drained!.TrySetResult();
        }
    }
}
