namespace Goroutines.Runtime;

/// <summary>Handles exceptions that nothing else gets: what is a panic, how it reaches the handler, and what the end of <c>Main</c> waits
/// for.</summary>
/// <remarks>
/// <para>
/// <b>The end of Main</b> (runtime/proc.go, <c>main</c>: <c>runningPanicDefers</c>, <c>panicking</c>). A body's <c>finally</c> may let
/// the main goroutine continue before the exception has reached the handler, as <c>defer wg.Done()</c> does in Go. In between, nothing
/// shows that a panic is in progress. But the goroutine is in a turn all the time, and the handler runs in that turn. So the end of
/// Main waits, for <see cref="LastTurnsNanoseconds"/> in all, until each goroutine that it finds in a turn has come to that turn's
/// end. Those in a blocking region are left out: they are not on their way to a handler. Then it waits, for as long as it takes, for
/// handlers that run: <c>_reporting</c> counts them, from before the handler is called.
/// </para>
/// <para>
/// Failures that belong to handles are reported here, too, if the handle was dropped. Only the collector knows that, so a collection is run,
/// but only if any failure is kept at all.
/// </para>
/// </remarks>
internal sealed class PanicReports
{
    private const int FinalizersMilliseconds = 250;

    [ThreadStatic]
    private static bool t_inHandler;

    private readonly Scheduler _scheduler;
    private Action<PanicInfo> _handler;

    /// <summary>The number of reports that are queued for a handler, or from which a handler has not returned.</summary>
    private int _reporting;

    /// <summary>The number of panics so far.</summary>
    private long _count;

    /// <param name="scheduler">The scheduler whose goroutines fail.</param>
    /// <param name="handler">The first handler.</param>
    internal PanicReports(Scheduler scheduler, Action<PanicInfo> handler)
    {
        _scheduler = scheduler;
        _handler = handler;
    }

    internal long Count => Interlocked.Read(ref _count);

    internal Action<PanicInfo> Handler
    {
        get => Volatile.Read(ref _handler);
        set => Volatile.Write(ref _handler, value);
    }

    /// <summary>Returns whether an exception is not a failure: a token told the body to end, and it did.</summary>
    /// <remarks>A time-out that a library presents as a cancellation (HttpClient) is a failure.</remarks>
    internal static bool IsOrdinaryEnd(Exception exception)
        => exception is OperationCanceledException { CancellationToken.IsCancellationRequested: true, InnerException: not TimeoutException };

    /// <summary>Handles an exception that escaped goroutine <paramref name="g"/> and belongs to nothing else. Unless it is an ordinary end, it goes
    /// to the handler, and the worker continues.</summary>
    internal void Panic(G g, Exception exception)
    {
        if (IsOrdinaryEnd(exception))
        {
            return;
        }

        Interlocked.Increment(ref _count);
        Interlocked.Increment(ref _reporting);
        Report(Describe(g, exception));
        Interlocked.Decrement(ref _reporting);
    }

    internal static PanicInfo Describe(G g, Exception exception)
    {
        string name = "?";
        string createdAt = "?";
        try
        {
            name = g.Scheduler.Reports.NameOf(g);
            createdAt = g.Scheduler.Reports.CreatedAt(g);
        }
        catch (Exception)
        {
            // A report without a name is better than none.
        }

        return new PanicInfo(exception, g.Id, name, createdAt);
    }

    /// <summary>Calls the handler. Never throws, whatever the handler, the exception's own text or standard error do.</summary>
    internal void Report(PanicInfo info)
    {
        bool nested = t_inHandler;
        t_inHandler = true;
        try
        {
            RuntimeEvents.OnPanicked(_scheduler, info);
            Handler(info);
        }
        catch (Exception second)
        {
            _scheduler.Reports.HandlerFailed(info, second);
        }
        finally
        {
            t_inHandler = nested;
        }
    }

    /// <summary>Records that a report is queued: the end of Main waits for it.</summary>
    internal void ReportQueued() => Interlocked.Increment(ref _reporting);

    /// <summary>Records that a queued report has been passed to the handler.</summary>
    internal void ReportDone() => Interlocked.Decrement(ref _reporting);

    /// <summary>For how long, in nanoseconds, the end of Main waits for turns. Tests set it.</summary>
    internal long LastTurnsNanoseconds { get; set; } = 250_000_000;

    /// <summary>Called when the main body has ended: what has failed by now is reported before Main returns.</summary>
    internal void FinishReports()
    {
        if (t_inHandler || _scheduler.Driver is not null)
        {
            return; // a handler that uses Main would wait for itself; a test reports in another way
        }

        WaitForTurns();
        if (KeptFailure.AnyFor(_scheduler))
        {
            FindDropped();
        }

        KeptFailure.ReportDropped();
        SpinWait wait = default;
        while (Volatile.Read(ref _reporting) != 0)
        {
            wait.SpinOnce();
        }
    }

    private static void AddTurn(List<(M Worker, G Goroutine, P P, long Turn)> turns, M m)
    {
        if (m.CurrentG is { } g && m.P is { } p)
        {
            turns.Add((m, g, p, Volatile.Read(ref p.TurnTick)));
        }
    }

    /// <summary>Waits, for a bounded time, until no goroutine is still in the turn that it is in now.</summary>
    private void WaitForTurns()
    {
        List<(M Worker, G Goroutine, P P, long Turn)> turns = [];
        foreach (M m in _scheduler.AllMs)
        {
            AddTurn(turns, m);
        }

        foreach (StackfulThread thread in _scheduler.Stacks.Threads)
        {
            AddTurn(turns, thread);
        }

        long end = Clock.SystemNanoseconds() + LastTurnsNanoseconds;
        SpinWait wait = default;
        foreach ((M worker, G goroutine, P p, long turn) in turns)
        {
            while (ReferenceEquals(worker.CurrentG, goroutine) && ReferenceEquals(worker.P, p) && Volatile.Read(ref p.TurnTick) == turn)
            {
                if (Clock.SystemNanoseconds() > end)
                {
                    return;
                }

                wait.SpinOnce();
            }
        }
    }

    /// <summary>Makes the collector find the handles that were dropped, whose finalizers then queue what they keep.</summary>
    private static void FindDropped()
    {
        GC.Collect();
        Thread finalizers = new(GC.WaitForPendingFinalizers) { IsBackground = true, Name = "goroutines: end of Main" };
        finalizers.UnsafeStart();
        finalizers.Join(FinalizersMilliseconds); // a finalizer of other code may hang
    }
}
