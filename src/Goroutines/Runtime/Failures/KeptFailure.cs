using System.Collections.Concurrent;

namespace Goroutines.Runtime;

/// <summary>A failure that belongs to a handle and that nothing has taken from there yet.</summary>
/// <remarks>
/// <para>
/// No failure is lost: one that is still kept when its handle is collected, when <c>Main</c> returns with the handle dropped, or
/// when the process exits, goes to the panic handler. One CAS of <c>_settled</c> decides what reports it: a caller of the handle,
/// or one of those three.
/// </para>
/// <para>
/// The list, under <c>s_lock</c>, holds what is kept, so that it can be found at exit. It must not keep the handle alive. So its
/// entries know neither the handle nor the goroutine, whose body may well know the handle. The <see cref="Watch"/> is what is
/// collected with the handle. Its finalizer only queues: the panic handler is user code, and a finalizer that blocks would block all
/// others.
/// </para>
/// </remarks>
internal sealed class KeptFailure
{
    private static readonly ConcurrentQueue<KeptFailure> s_dropped = new();
    private static SpinMutex s_lock;
    private static KeptFailure? s_first;
    private static int s_watchesExit;
    private static volatile bool s_processExits;

    private readonly Scheduler _scheduler;
    private readonly PanicInfo _info;
    private KeptFailure? _next;
    private KeptFailure? _previous;
    private int _settled;

    private KeptFailure(G goroutine, Exception exception)
    {
        _scheduler = goroutine.Scheduler;
        _info = PanicReports.Describe(goroutine, exception);
    }

    /// <summary>Keeps a failure until the handle passes it on or is dropped.</summary>
    /// <returns>What the handle has to hold, or <see langword="null"/> if the failure need not be reported.</returns>
    internal static Watch? TryKeep(G goroutine, Exception exception)
    {
        if (PanicReports.IsOrdinaryEnd(exception))
        {
            return null;
        }

        if (Interlocked.Exchange(ref s_watchesExit, 1) == 0)
        {
            AppDomain.CurrentDomain.ProcessExit += static (_, _) => ReportAllAtExit();
        }

        KeptFailure kept = new(goroutine, exception);
        s_lock.Enter();
        kept._next = s_first;
        if (s_first is not null)
        {
            s_first._previous = kept;
        }

        s_first = kept;
        s_lock.Exit();
        goroutine.Scheduler.Driver?.FailureKept(goroutine, exception, kept.IsSettled);
        return new Watch(kept);
    }

    /// <summary>Whether anything is kept for <paramref name="scheduler"/>.</summary>
    internal static bool AnyFor(Scheduler scheduler)
    {
        s_lock.Enter();
        KeptFailure? kept = s_first;
        while (kept is not null && !ReferenceEquals(kept._scheduler, scheduler))
        {
            kept = kept._next;
        }

        s_lock.Exit();
        return kept is not null;
    }

    /// <summary>Whether the process is ending, so that nothing may request its end a second time.</summary>
    internal static bool ProcessExits => s_processExits;

    /// <summary>Passes the failures of handles that were collected to the panic handlers, on this thread.</summary>
    internal static void ReportDropped()
    {
        while (s_dropped.TryDequeue(out KeptFailure? dropped))
        {
            dropped._scheduler.Panics.Report(dropped._info);
            dropped._scheduler.Panics.ReportDone();
        }
    }

    /// <summary>Called when nothing can ask a handle any more: reports everything that is kept, on this thread.</summary>
    private static void ReportAllAtExit()
    {
        s_processExits = true;
        ReportDropped();
        while (true)
        {
            s_lock.Enter();
            KeptFailure? kept = s_first;
            s_lock.Exit();
            if (kept is null)
            {
                return;
            }

            if (kept.TrySettle())
            {
                kept._scheduler.Panics.Report(kept._info);
            }
        }
    }

    private bool IsSettled() => Volatile.Read(ref _settled) != 0;

    private bool TrySettle()
    {
        bool won = Interlocked.Exchange(ref _settled, 1) == 0;
        s_lock.Enter();
        if (_previous is not null)
        {
            _previous._next = _next;
        }
        else if (ReferenceEquals(s_first, this))
        {
            s_first = _next;
        }

        if (_next is not null)
        {
            _next._previous = _previous;
        }

        _next = null;
        _previous = null;
        s_lock.Exit();
        return won;
    }

    /// <summary>Held only by the handle, and so collected with it.</summary>
    internal sealed class Watch(KeptFailure kept)
    {
        ~Watch()
        {
            if (kept.TrySettle())
            {
                kept._scheduler.Panics.ReportQueued();
                s_dropped.Enqueue(kept);
#pragma warning disable RS0030 // the runtime may have been stopped
                ThreadPool.UnsafeQueueUserWorkItem(static _ => ReportDropped(), null);
#pragma warning restore RS0030
            }
        }

        /// <summary>Called when a caller of the handle gets the failure.</summary>
        internal void Seen()
        {
            kept.TrySettle();
#pragma warning disable CA1816 // not a disposal: the failure has been seen, so there is nothing left to report
            GC.SuppressFinalize(this);
#pragma warning restore CA1816
        }
    }
}
