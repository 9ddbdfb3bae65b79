using System.Globalization;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>Checks periodically whether goroutines wait too long for a turn, or one turn takes too long. It reads counters that the
/// scheduler keeps anyway, not events. Not thread-safe.</summary>
internal sealed class StallWatch(Scheduler scheduler, TimeSpan? turnExceeds, TimeSpan? runnableFor, TimeSpan? stalledFor)
{
    private readonly Dictionary<int, Observation> _procs = [];
    private Observation _global;
    private long _turns;
    private long _turnsSince;

    /// <summary>The time between two checks; infinite if no trigger is set.</summary>
    internal TimeSpan Period
    {
        get
        {
            TimeSpan[] all = [.. new[] { turnExceeds, runnableFor, stalledFor }.OfType<TimeSpan>()];
            return all.Length == 0 ? Timeout.InfiniteTimeSpan
                : TimeSpan.FromMilliseconds(Math.Clamp(all.Min().TotalMilliseconds / 4, 1, 100));
        }
    }

    /// <summary>Runs the checks once.</summary>
    /// <returns>What was found; null if there is nothing new.</returns>
    internal (FlightTrigger Trigger, string Detail)? Look()
    {
        long now = scheduler.Tracer.Now();
        (FlightTrigger Trigger, string Detail)? found = null;
        foreach (P p in scheduler.AllPs)
        {
            _procs.TryGetValue(p.Id, out Observation seen);
            found ??= LookAtTurn(p, ref seen, now);
            found ??= LookAtQueue(p, ref seen, now);
            _procs[p.Id] = seen;
        }

        return found ?? LookAtGlobal(now) ?? LookForStall(now);
    }

    private (FlightTrigger Trigger, string Detail)? LookAtTurn(P p, ref Observation seen, long now)
    {
        if (turnExceeds is not { } limit || p.Trace is not { TurnSince: not 0 and var since } || since == seen.ToldTurn || now - since <= limit.TotalNanoseconds)
        {
            return null;
        }

        seen.ToldTurn = since;
        return p.Worker?.CurrentG is { } g ? (FlightTrigger.SlowTurn, Text(g, "has had its turn for", now - since)) : null;
    }

    private (FlightTrigger Trigger, string Detail)? LookAtQueue(P p, ref Observation seen, long now)
    {
        bool waits = !p.Queue.IsEmpty;
        // The first goroutine in the ring waits as long as the ring does not move; the one in runnext, as long as the turn lasts.
        long mark = p.Queue.IsRingEmpty ? -1 - Volatile.Read(ref p.TurnTick) : p.Queue.RingTaken;
        return Waits(ref seen, waits, mark, now) is { } time ? (FlightTrigger.RunnableForLong, $"a goroutine in the queue of P {p.Id} has been runnable for {Text(time)}") : null;
    }

    private (FlightTrigger Trigger, string Detail)? LookAtGlobal(long now)
        => Waits(ref _global, scheduler.AnyQueuedGlobally, scheduler.TakenGlobally, now) is { } time
            ? (FlightTrigger.RunnableForLong, $"a goroutine in the global queue has been runnable for {Text(time)}")
            : null;

    private long? Waits(ref Observation seen, bool waits, long mark, long now)
    {
        if (runnableFor is not { } limit)
        {
            return null;
        }

        if (!waits || !seen.Waits || seen.Mark != mark)
        {
            seen.Waits = waits;
            seen.Mark = mark;
            seen.Since = now;
            seen.Told = false;
            return null;
        }

        if (seen.Told || now - seen.Since < limit.TotalNanoseconds)
        {
            return null;
        }

        seen.Told = true;
        return now - seen.Since;
    }

    private (FlightTrigger Trigger, string Detail)? LookForStall(long now)
    {
        if (stalledFor is not { } limit)
        {
            return null;
        }

        long turns = scheduler.Turns;
        if (turns != _turns || scheduler.Queued == 0)
        {
            _turns = turns;
            _turnsSince = now;
            return null;
        }

        if (_turnsSince == long.MaxValue || now - _turnsSince < limit.TotalNanoseconds)
        {
            return null;
        }

        string text = $"{scheduler.Queued} goroutines are runnable, and none has had a turn for {Text(now - _turnsSince)}";
        _turnsSince = long.MaxValue;
        return (FlightTrigger.Stall, text);
    }

    internal static string Text(G g, string verb, long nanoseconds)
        => $"goroutine {g.Id.ToString(CultureInfo.InvariantCulture)} ({TraceSites.Get(g.TraceSite).Name}) {verb} {Text(nanoseconds)}";

    private static string Text(long nanoseconds) => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:F1} ms");

    private struct Observation
    {
        internal bool Waits;
        internal bool Told;
        internal long Mark;
        internal long Since;
        internal long ToldTurn;
    }
}
