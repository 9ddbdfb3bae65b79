using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>The network poller's place in the scheduler (runtime/proc.go: the parts about <c>netpoll</c> of findRunnable, handoffp and sysmon).</summary>
/// <remarks>See <see cref="PollerSlot"/> for the protocol.</remarks>
internal sealed partial class Scheduler
{
    private const long NetLate = 10_000_000;

    /// <summary>The poller in which idle workers sleep; null until something is to be watched.</summary>
    internal Poller? Poller => _poller.Poller;

    /// <summary>Whether the network may wake goroutines of this runtime.</summary>
    internal bool IsNetActive => _poller.IsActive;

    /// <summary>Whether the network may have news that no worker waits for: every P is held, so that none sleeps in the poller.</summary>
    internal bool IsNetUnattended => _poller.IsActive && _poller.Sleeper is null && _procs.IdleCount == 0;

    /// <summary>Returns the poller of this runtime, which is created on first use.</summary>
    /// <param name="make">Creates one. Its exceptions pass through.</param>
    internal Poller GetPoller(Func<Scheduler, Poller> make)
    {
        if (_poller.Poller is { } poller)
        {
            return poller;
        }

        Poller made = make(this);
        poller = _poller.Set(made);
        if (!ReferenceEquals(poller, made))
        {
            made.Dispose();
        }

        return poller;
    }

    /// <summary>Called when the poller's first thing is watched: a worker has to sleep in it.</summary>
    internal void WatchNet()
    {
        if (!_poller.IsActive)
        {
            return;
        }

        Interlocked.MemoryBarrier(); // pairs with the CAS in PollerSlot.TryEnter
        if (_poller.Sleeper is { } sleeper)
        {
            if (!sleeper.IsInPoller)
            {
                sleeper.Wake();
            }
        }
        else
        {
            WakeIfIdle(); // it will find nothing and become the poller
        }
    }

    /// <summary>Returns what the network has for a worker with nothing else to do, unless another worker sleeps there and gets it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private G? PollNet(P p) => _poller.IsActive && _poller.Sleeper is null ? PollNetNow(p) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private G? PollNetNow(P p)
    {
        GList ready = default;
        _poller.Poll(ref ready);
        if (ready.Count != 0)
        {
            p.Trace?.Note(TraceEventKind.NetPoll, ready.Count);
        }

        G? first = ready.Pop();
        EnqueueReady(p, ref ready, wake: true);
        return first;
    }

    /// <summary>Called by sysmon: if every worker is busy for long, the network would otherwise wait until one of them runs out of work.</summary>
    internal void PollNetIfLate(long now)
    {
        if (_poller.IsActive && _poller.Sleeper is null && now - _poller.LastPoll > NetLate)
        {
            GList ready = default;
            _poller.Poll(ref ready);
            EnqueueReady(null, ref ready, wake: true);
        }
    }

    /// <summary>Queues the goroutines that have become ready: on the caller's P, or in the global queue (injectglist).</summary>
    internal void EnqueueReady(P? p, ref GList ready, bool wake)
    {
        if (ready.First is null)
        {
            return;
        }

        if (p is null)
        {
            EnqueueGlobal(ready.First, ready.Last!, ready.Count);
        }
        else
        {
            while (ready.Pop() is { } g)
            {
                p.Queue.PushBack(g, this);
            }
        }

        if (wake)
        {
            WakeIfIdle();
        }
    }
}
