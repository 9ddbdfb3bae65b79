using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>What is recorded on one P. A P that has none, as all have while nothing is on, pays one test of a null reference a turn.</summary>
/// <remarks>
/// <para>Its members are called by the worker that holds the P; what they fill is set and taken away by the <see cref="Tracer"/>, at any
/// time. A worker that is just using what was taken away finishes its event in it, where nobody looks any more.</para>
/// <para><b>Clock readings</b> are the most expensive part of an event. A turn that follows another one begins when that one has ended, so the
/// two share a reading, unless the worker had to search in between (<see cref="HasSearched"/>).</para>
/// </remarks>
internal sealed class ProcTrace(Tracer tracer, P p)
{
    private readonly Tracer _tracer = tracer;
    private readonly P _p = p;
    private long _last;
    private bool _lastIsNow;
    private long _turnSince;

    internal TraceRing? Ring;
    internal DelaySampler? Delays;
    internal SpawnCounter? Spawns;

    /// <summary>When the turn, or the part of it after a blocking region, began that is under way; 0: none is. For those who watch, too.</summary>
    internal long TurnSince => Volatile.Read(ref _turnSince);

    /// <summary>A goroutine gets its turn.</summary>
    internal void TurnBegin(G g)
    {
        long now = _lastIsNow ? _last : _tracer.Now();
        _lastIsNow = false;
        _turnSince = now;
        Ring?.Write(now, TraceEventKind.TurnBegin, g.Id, g.TraceSite);
    }

    /// <summary>The turn ends. Before the goroutine's status says so: from then on its next turn may begin elsewhere.</summary>
    /// <param name="g">The goroutine.</param>
    /// <param name="reason">A <see cref="WaitReason"/>, or <see cref="TraceEvent.Yielded"/> or <see cref="TraceEvent.Ended"/>.</param>
    internal void TurnEnd(G g, ushort reason)
    {
        _last = _tracer.Now();
        _lastIsNow = true;
        if (Delays is not null)
        {
            _tracer.NoteTime(_last); // the goroutine keeps it as the time when it parked
        }

        LeaveTurn(g, _last);
        Ring?.Write(_last, TraceEventKind.TurnEnd, g.Id, reason);
    }

    /// <summary>A parked goroutine has become runnable. Before it is queued.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Ready(G g)
    {
        long now = _tracer.Now();
        _last = now;
        Ring?.Write(now, TraceEventKind.Ready, g.Id, 0);
        if (Delays is { } delays)
        {
            _tracer.Sample(delays, g, now, _p.Worker?.CurrentG);
        }
    }

    /// <summary>A goroutine was started. Before it is queued.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Spawned(G g)
    {
        ushort site = g.TraceSite;
        Spawns?.Count(site);
        Ring?.Write(_tracer.Now(), TraceEventKind.Spawn, g.Id, site);
    }

    /// <summary>Something that happened at this moment.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Note(TraceEventKind kind, long subject = 0, ushort argument = 0)
    {
        if (Ring is { } ring)
        {
            ring.Write(_tracer.Now(), kind, subject, argument);
        }

        _lastIsNow = false;
    }

    /// <summary>The running goroutine enters a blocking region.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void BlockingBegin(G g)
    {
        long now = _tracer.Now();
        _lastIsNow = false;
        LeaveTurn(g, now);
        Ring?.Write(now, TraceEventKind.BlockingBegin, g.Id, 0);
    }

    /// <summary>A goroutine has left a blocking region, and goes on with its turn here.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void BlockingEnd(G g)
    {
        long now = _tracer.Now();
        _turnSince = now;
        Ring?.Write(now, TraceEventKind.BlockingEnd, g.Id, g.TraceSite);
    }

    /// <summary>As <see cref="Note(TraceEventKind, long, ushort)"/>, with words that follow.</summary>
    internal void Note(TraceEventKind kind, long subject, ushort argument, ReadOnlySpan<long> extra)
    {
        if (Ring is { } ring)
        {
            long now = _tracer.Now();
            ring.Write(now, kind, subject, argument);
            foreach (long word in extra)
            {
                ring.WriteExtra(now, word);
            }
        }
    }

    /// <summary>The worker has searched for work, or slept: the last reading of the clock is old.</summary>
    internal void HasSearched() => _lastIsNow = false;

    private void LeaveTurn(G g, long now)
    {
        long since = _turnSince;
        _turnSince = 0;
        if (since != 0 && now - since > _tracer.SlowTurn)
        {
            _tracer.TurnWasSlow(g, now - since);
        }
    }
}
