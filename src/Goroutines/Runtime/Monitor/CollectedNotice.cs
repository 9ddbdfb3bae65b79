using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>Reports that a goroutine was collected while it was parked: nothing was left that could have woken it (Go 1.26: the
/// <c>goroutineleak</c> profile).</summary>
/// <remarks>
/// The notice lives as long as its goroutine does (an ephemeron), and refers back to it. When the collector finds that nothing
/// else reaches the two, it queues the notice for finalization. That keeps the goroutine intact until the notice has read what
/// the report needs. So a goroutine needs no field for this, and parking records nothing. A goroutine gets its notice when it
/// first parks, and only while <see cref="Scheduler.WatchesCollected"/>. Rejected: a copy of id, creation site and wait reason
/// beside the weak handle, which every park would have to keep up to date.
/// </remarks>
internal sealed class CollectedNotice
{
    private static readonly ConditionalWeakTable<G, CollectedNotice> s_notices = [];

    private readonly G _goroutine;

    private CollectedNotice(G goroutine) => _goroutine = goroutine;

    ~CollectedNotice()
    {
        Scheduler scheduler = _goroutine.Scheduler;
        if (_goroutine.HasEnded || scheduler.IsStopping)
        {
            return; // what is parked in a stopped runtime never continues, and usually is garbage
        }

        scheduler.CollectedAt(scheduler.Reports.CreatedAt(_goroutine));
        Action<GoroutineInfo>? handler = scheduler.CollectedHandler;
        if (handler is null && !RuntimeEvents.HearsCollected)
        {
            return;
        }

        // On another thread: a handler that blocks the finalizer thread blocks every other finalizer.
        GoroutineInfo info = scheduler.Reports.Describe(_goroutine, GStatus.Waiting, scheduler.ReadClock());
        ThreadPool.UnsafeQueueUserWorkItem(static report => Tell(report.Scheduler, report.Handler, report.Info), (Scheduler: scheduler, Handler: handler, Info: info), preferLocal: false);
    }

    /// <summary>Gives the goroutine a notice, unless it has one.</summary>
    internal static void AttachTo(G goroutine)
    {
        CollectedNotice notice = new(goroutine);
        if (!s_notices.TryAdd(goroutine, notice))
        {
#pragma warning disable CA1816 // no disposal: it would report a goroutine that lives
            GC.SuppressFinalize(notice);
#pragma warning restore CA1816
        }
    }

    private static void Tell(Scheduler scheduler, Action<GoroutineInfo>? handler, GoroutineInfo info)
    {
        RuntimeEvents.OnCollected(scheduler, info);
        try
        {
            handler?.Invoke(info);
        }
        catch (Exception exception)
        {
            scheduler.Reports.HandlerFailed(info, exception);
        }
    }
}
