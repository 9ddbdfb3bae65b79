using System.Runtime.CompilerServices;
using Goroutines.Net.Epoll;

namespace Goroutines.Runtime;

/// <summary>The network poller's place in the scheduler (runtime/proc.go: the parts about <c>netpoll</c> of findRunnable, handoffp and sysmon).</summary>
/// <remarks>
/// <para>
/// The descriptors that goroutines of this runtime wait for are in one epoll instance. Whoever has nothing else to run asks
/// it without waiting; of the workers that are idle, the poller (<c>_poller</c>) sleeps in it. What has become ready is put
/// into run queues in one go, on the P that the poller wakes up with.
/// </para>
/// <para>
/// Nobody may sleep on a note as the poller, and not all without one, while there is a descriptor: a worker becomes the
/// poller by a CAS (full fence) and then looks at the count of descriptors; whoever adds the first raises the count (full
/// fence) and then looks for the poller, or for idle workers of whom one will become it.
/// </para>
/// <para>
/// At most one worker at a time sleeps in epoll (<c>_inNet</c>): of two, the wrong one might take up a wake-up. A worker that
/// was taken from being the poller may not have left it yet when the next one comes, who then sleeps on its note; the first
/// empties <c>_inNet</c> (full fence) and then looks for a poller that has to go there (<see cref="WatchNet"/>), the second
/// becomes the poller (full fence) before it looks at <c>_inNet</c>.
/// </para>
/// </remarks>
internal sealed partial class Scheduler
{
    private const long NetLate = 10_000_000;

    private NetPoll? _net;
    private long _lastPoll;

    /// <summary>The worker that sleeps in epoll. Set by itself by CAS from null, and emptied by itself.</summary>
    private M? _inNet;

    /// <summary>The poller of this runtime; null until it is needed.</summary>
    internal NetPoll? Net => Volatile.Read(ref _net);

    private bool IsNetActive
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _net is { Count: > 0 };
    }

    /// <summary>The poller of this runtime, made on first use.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The system refused one.</exception>
    internal NetPoll GetNet()
    {
        if (Volatile.Read(ref _net) is { } net)
        {
            return net;
        }

        net = new NetPoll(this);
        if (Interlocked.CompareExchange(ref _net, net, null) is { } other)
        {
            net.Dispose();
            return other;
        }

        return net;
    }

    /// <summary>There is something in the poller now, and was not before: somebody has to sleep in it.</summary>
    internal void WatchNet()
    {
        if (!IsNetActive)
        {
            return;
        }

        Interlocked.MemoryBarrier(); // pairs with the CAS in SleepUntil
        if (Volatile.Read(ref _poller) is { } poller)
        {
            if (!poller.IsInPoller)
            {
                poller.Wake();
            }
        }
        else
        {
            WakeIfIdle(); // it will find nothing and become the poller
        }
    }

    /// <summary>What the network has for a worker with nothing else to do; the poller, if somebody sleeps in it, gets it otherwise.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private G? PollNet(P p) => IsNetActive && Volatile.Read(ref _poller) is null ? PollNetNow(p) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private G? PollNetNow(P p)
    {
        GList ready = default;
        Poll(ref ready);
        G? first = ready.Pop();
        PutReady(p, ref ready, wake: true);
        return first;
    }

    /// <summary>Sysmon: with every worker busy for long, the network would wait for one of them to run dry.</summary>
    private void PollNetIfLate(long now)
    {
        if (IsNetActive && Volatile.Read(ref _poller) is null && now - Volatile.Read(ref _lastPoll) > NetLate)
        {
            GList ready = default;
            Poll(ref ready);
            PutReady(null, ref ready, wake: true);
        }
    }

    private void Poll(ref GList ready)
    {
        Volatile.Write(ref _lastPoll, Clock.SystemNanoseconds());
        _net!.Poll(0, ref ready);
    }

    /// <summary>Queues what has become ready: on the caller's P, or for anybody (injectglist).</summary>
    private void PutReady(P? p, ref GList ready, bool wake)
    {
        if (ready.First is null)
        {
            return;
        }

        if (p is null)
        {
            PutGlobalBatch(ready.First, ready.Last!, ready.Count);
        }
        else
        {
            while (ready.Pop() is { } g)
            {
                p.Queue.Put(g, this);
            }
        }

        if (wake)
        {
            WakeIfIdle();
        }
    }
}
