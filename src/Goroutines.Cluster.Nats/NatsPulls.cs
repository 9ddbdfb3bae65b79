using System.Globalization;

namespace Goroutines.Cluster.Nats;

/// <summary>The account of a queue: which pulls wait, and which requests are out for them.</summary>
/// <remarks>
/// <para>
/// A lane has at most one request at a time, and gets the next one when that has ended. The pull that made a request may still be waiting
/// then, or still be on its way back from the send. So a pull keeps its <see cref="NatsRequest"/>, not the lane, and what it learns about the
/// request later (it was sent, it was not sent) changes that request only. A lane is retired for a request only if it still has that one.
/// </para>
/// <para>
/// The requests that are out cover all waiting pulls: they can still bring at least as many messages as pulls wait. A request also covers
/// pulls that came later and made none. If requests end and no longer cover the pulls, all pulls are woken, and ask again. Nothing but the
/// watch would wake them otherwise.
/// </para>
/// <para>
/// A pool of workers wants as many messages as it has free places, and a place becomes free with each message. A request for each would double what
/// the server has to read. So while the requests that are out cover the pulls and bring more than half of what is wanted, there is no new one. The
/// rest is asked for when that half has come. If nothing is out, a single free place is asked for at once.
/// </para>
/// <para>An instance is not thread-safe. The queue calls it under its lock.</para>
/// </remarks>
/// <param name="inbox">The start of the lanes' subjects.</param>
/// <param name="retired">Called with a lane that was given up. It disposes of the lane.</param>
internal sealed class NatsPulls(string inbox, Action<NatsLane> retired)
{
    private readonly LinkedList<NatsPull> _waiting = new();
    private readonly List<NatsLane> _lanes = [];
    private long _lastLane;

    /// <summary>The number of messages that the requests can still bring.</summary>
    internal int Asked { get; private set; }

    /// <summary>Adds a pull to those that wait.</summary>
    /// <returns>The request that the pull must send; null if the requests that are out suffice.</returns>
    internal NatsRequest? Add(NatsPull pull, int wanted, long now)
    {
        pull.Node = _waiting.AddLast(pull);
        int needed = Math.Max(wanted, _waiting.Count);
        if (Asked >= _waiting.Count && Asked * 2 > needed)
        {
            return null;
        }

        int batch = needed - Asked;

        NatsLane? lane = _lanes.Find(static lane => lane.Request is null);
        if (lane is null)
        {
            lane = new NatsLane(string.Create(CultureInfo.InvariantCulture, $"{inbox}.{++_lastLane}"));
            _lanes.Add(lane);
        }

        lane.SentAt = now;
        lane.Request = new NatsRequest(lane, batch);
        Asked += batch;
        return lane.Request;
    }

    /// <summary>Removes a pull that no longer waits, and gives up the request that it made if that was not sent.</summary>
    /// <returns>The message that the pull got meanwhile and did not take, if any.</returns>
    internal NatsDelivery? Withdraw(NatsPull pull, NatsRequest? request)
    {
        NatsDelivery? delivery = null;
        if (pull.Node is { List: not null })
        {
            _waiting.Remove(pull.Node);
        }
        else if (pull.Result.TryTake(out NatsPullResult late))
        {
            delivery = late.Delivery;
        }

        if (request is { IsSent: false, IsOut: true })
        {
            Retire(request.Lane);
            WakeUncovered(); // the pulls that it covered
        }

        return delivery;
    }

    /// <summary>Counts a message that came through a lane.</summary>
    internal void Count(NatsLane lane)
    {
        if (lane.Request is { } request)
        {
            Asked--;
            if (--request.Left == 0)
            {
                lane.Request = null;
            }
        }
    }

    /// <summary>Gives a message to the pull that has waited longest.</summary>
    /// <returns>true if there was one; otherwise, false.</returns>
    internal bool Deliver(NatsDelivery delivery)
    {
        if (_waiting.First is not { } first)
        {
            return false;
        }

        _waiting.RemoveFirst();
        first.Value.Result.TrySend(new NatsPullResult(delivery, null));
        return true;
    }

    /// <summary>Ends the request of a lane: the server sends no more messages for it.</summary>
    internal void End(NatsLane lane, string? refusal)
    {
        Clear(lane);
        if (_waiting.Count > Asked)
        {
            Wake(refusal);
        }
    }

    /// <summary>Gives up the requests to whose lanes a condition applies. It does not wake the pulls.</summary>
    internal void RetireBusy<TState>(Func<NatsLane, TState, bool> condition, TState state)
    {
        foreach (NatsLane lane in _lanes.Where(lane => lane.Request is not null && condition(lane, state)).ToArray())
        {
            Retire(lane);
        }
    }

    /// <summary>Makes all waiting pulls return without a message.</summary>
    internal void Wake(string? refusal)
    {
        while (_waiting.First is { } first)
        {
            _waiting.RemoveFirst();
            first.Value.Result.TrySend(new NatsPullResult(null, refusal));
        }
    }

    /// <summary>Wakes the pulls if the requests that are out do not cover them.</summary>
    internal void WakeUncovered()
    {
        if (_waiting.Count > Asked)
        {
            Wake(null);
        }
    }

    /// <summary>Ends all pulls and requests.</summary>
    /// <returns>The lanes. The caller disposes of them.</returns>
    internal IReadOnlyList<NatsLane> Close()
    {
        NatsLane[] lanes = [.. _lanes];
        _lanes.Clear();
        foreach (NatsLane lane in lanes)
        {
            Clear(lane);
        }

        while (_waiting.First is { } first)
        {
            _waiting.RemoveFirst();
            first.Value.Result.Close();
        }

        return lanes;
    }

    private void Retire(NatsLane lane)
    {
        Clear(lane);
        _lanes.Remove(lane);
        retired(lane);
    }

    private void Clear(NatsLane lane)
    {
        Asked -= lane.Request?.Left ?? 0;
        lane.Request = null;
    }
}
