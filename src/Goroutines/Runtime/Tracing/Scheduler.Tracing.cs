using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>Where the scheduler tells what happens, while something records it.</summary>
/// <remarks>A worker looks at its P's <see cref="P.Trace"/>; what belongs to no P looks at <c>_tracer</c>, which is null until something is
/// recorded for the first time.</remarks>
internal sealed partial class Scheduler
{
    private Tracer? _tracer;

    /// <summary>What records this runtime, made on first use.</summary>
    internal Tracer Tracer
    {
        get
        {
            if (Volatile.Read(ref _tracer) is { } tracer)
            {
                return tracer;
            }

            Tracer made = new(this);
            return Interlocked.CompareExchange(ref _tracer, made, null) ?? made;
        }
    }

    /// <summary>What records this runtime; null if nothing ever did.</summary>
    internal Tracer? TracerIfAny => Volatile.Read(ref _tracer);

    /// <summary>Another thread's reading of the runtime's clock, as <see cref="ReadClock"/> keeps its own.</summary>
    internal void NoteClock(long now) => Volatile.Write(ref _coarseNow, now);

    /// <summary>The Ps there are after <paramref name="tracer"/> has changed: one that is added later sees the change, since both are under the lock.</summary>
    internal P[] CopyPsFor(Tracer tracer)
    {
        _lock.Enter();
        Volatile.Write(ref _tracer, tracer);
        P[] all = _procs.All;
        _lock.Exit();
        return all;
    }

    /// <summary>Writes an event about the running goroutine, or the calling thread where it is none.</summary>
    internal void NoteUser(TraceEventKind kind, int argument, ReadOnlySpan<long> extra)
    {
        if (TracerIfAny is not { Records: true } tracer)
        {
            return;
        }

        long id = M.Current is { CurrentG: { } g } m && ReferenceEquals(m.Scheduler, this) ? g.Id : 0;
        if (CurrentP is { Trace: { } trace })
        {
            trace.Note(kind, id, (ushort)argument, extra);
        }
        else
        {
            tracer.NoteOutside(kind, id, (ushort)argument, extra);
        }
    }

    /// <summary>A parked goroutine has become runnable, and is queued by those who get many at once.</summary>
    internal void NoteReady(G g)
    {
        if (TracerIfAny is { IsOn: true })
        {
            NoteReady(CurrentP, g);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NoteReady(P? p, G g)
    {
        if (p?.Trace is { } trace)
        {
            trace.Ready(g);
        }
        else if (p is null && TracerIfAny is { IsOn: true } tracer)
        {
            tracer.ReadyOutside(g);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NoteSpawnOutside(G g)
    {
        if (TracerIfAny is { IsOn: true } tracer)
        {
            tracer.SpawnedOutside(g);
        }
    }

    /// <summary>A new P takes part in what is on.</summary>
    private P Traced(P p)
    {
        _tracer?.Attach(p);
        return p;
    }
}
