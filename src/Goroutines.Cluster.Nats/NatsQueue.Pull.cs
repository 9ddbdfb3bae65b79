using System.Globalization;
using System.Text;
using Goroutines.Cluster.Engine;
using NATS.Client.Core;

namespace Goroutines.Cluster.Nats;

/// <summary>Requests messages from the server.</summary>
/// <remarks>
/// <para>
/// The server sends messages only on request. A request asks for a number of messages, and expires after half the hold (<c>_expires</c>).
/// It goes through a <see cref="Lane"/>, a subscription that has one request at a time, because a message does not say which request it
/// answers. So the time at which the request was sent is known, and the hold of the message cannot have begun earlier. A message whose hold
/// may already have expired is dropped, because it may belong to another receiver.
/// </para>
/// <para>
/// A request cannot be withdrawn. If a message arrives when no pull waits any longer, it is kept in <c>_ready</c> for the next pull, and
/// given back after <c>ReturnAfter</c>.
/// </para>
/// <para>
/// Nothing relies on an answer: a request that has neither brought its messages nor ended in time is given up (<c>_watch</c>), and a
/// reconnect gives up all requests. Their lanes are retired, so that a late message is not mistaken for an answer to a later request. The
/// waiting pulls are then woken, and ask again. (The fault most often reported of such clients is a consumer that stays silent after a
/// reconnect.)
/// </para>
/// <para>All fields are guarded by <c>_gate</c>.</para>
/// </remarks>
internal sealed partial class NatsQueue
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Pull> _pulls = new();
    private readonly LinkedList<NatsDelivery> _ready = new();
    private readonly List<Lane> _lanes = [];
    private readonly string _pullSubject;
    private readonly string _inbox;
    private readonly TimeSpan _expires;
    private readonly GoTimer _return;
    private readonly GoTimer _watch;
    private long _lastLane;
    private int _asked;
    private int _wakes;
    private bool _disposed;

    internal override async ValueTask<EngineDelivery?> PullAsync(int wanted, int wakes, CancellationToken cancellationToken)
    {
        Pull pull = new();
        Lane? lane = null;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(ClusterConnection));
            if (TakeReadyLocked() is { } ready)
            {
                return ready;
            }

            if (_wakes != wakes)
            {
                return null;
            }

            pull.Node = _pulls.AddLast(pull);
            int batch = Math.Max(wanted, _pulls.Count) - _asked;
            if (batch > 0)
            {
                lane = _lanes.Find(static lane => lane.Left == 0);
                if (lane is null)
                {
                    lane = new Lane(string.Create(CultureInfo.InvariantCulture, $"{_inbox}.{++_lastLane}"));
                    _lanes.Add(lane);
                }

                lane.Left = batch;
                lane.IsSent = false;
                lane.SentAt = _engine.Clock.GetTimestamp();
                _asked += batch;
                _watch.Reset(_expires + _engine.Options.RequestTimeout);
            }
        }

        try
        {
            if (lane is not null)
            {
                await SendAsync(lane, cancellationToken);
            }

            Result result = await pull.Result.TakeAsync(cancellationToken);
            return result.Refusal is null ? result.Delivery : throw new EngineTimeoutException(result.Refusal);
        }
        catch (System.Threading.Channels.ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(ClusterConnection));
        }
        catch (Exception exception) when (exception is OperationCanceledException or EngineTimeoutException)
        {
            lock (_gate)
            {
                if (lane is { IsSent: false })
                {
                    RetireLocked(lane);
                }

                if (pull.Node is { List: not null })
                {
                    _pulls.Remove(pull.Node);
                }
                else if (pull.Result.TryTake(out Result late) && late.Delivery is { } delivery)
                {
                    _ready.AddFirst(delivery); // no receiver has seen it
                    _return.Reset(_settings.ReturnAfter);
                }
            }

            throw;
        }
    }

    internal override int Wakes => Volatile.Read(ref _wakes);

    internal override void WakePulls()
    {
        lock (_gate)
        {
            _wakes++;
            WakeLocked(null);
        }
    }

    /// <summary>Called after a reconnect. The server has forgotten all requests.</summary>
    internal void OnReconnected()
    {
        lock (_gate)
        {
            foreach (Lane lane in _lanes.Where(static lane => lane.Left != 0).ToArray())
            {
                RetireLocked(lane);
            }

            WakeLocked(null);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        NatsDelivery[] ready;
        Lane[] lanes;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            ready = [.. _ready];
            _ready.Clear();
            lanes = [.. _lanes];
            _lanes.Clear();
            while (_pulls.First is { } first)
            {
                _pulls.RemoveFirst();
                first.Value.Result.Close();
            }
        }

        _return.Stop();
        _watch.Stop();
        _engine.Forget(this);
        foreach (NatsDelivery delivery in ready)
        {
            await GiveBackAsync(delivery);
        }

        foreach (Lane lane in lanes)
        {
            await lane.DisposeAsync();
        }
    }

    private async ValueTask SendAsync(Lane lane, CancellationToken cancellationToken)
    {
        if (lane.Subscription is null)
        {
            INatsSub<byte[]> subscription = await _engine.AskAsync(
                static async (engine, lane, cancel) => await engine.Connection.SubscribeCoreAsync(
                    lane.Subject, serializer: NatsRawSerializer<byte[]>.Default,
                    // The client's default drops the newest message when the reader is slow. There are never more messages than were requested.
                    opts: new NatsSubOpts { ChannelOpts = new NatsSubChannelOpts { Capacity = 4_096, FullMode = System.Threading.Channels.BoundedChannelFullMode.Wait } },
                    cancellationToken: CancellationToken.None).AsTask().WaitAsync(cancel),
                lane, "subscribe", cancellationToken);
            bool retired;
            lock (_gate)
            {
                lane.Subscription = subscription;
                retired = !_lanes.Contains(lane); // by a reconnect, or because the queue was disposed
            }

            if (retired)
            {
                await lane.DisposeAsync();
                throw new EngineTimeoutException($"a request for values of {_settings.Name} was given up before it was sent");
            }

            _engine.Runtime.Spawn(
                async () =>
                {
                    while (await subscription.Msgs.WaitToReadAsync())
                    {
                        while (subscription.Msgs.TryRead(out NatsMsg<byte[]> message))
                        {
                            OnMessage(lane, message);
                        }
                    }
                });
        }

        string body;
        lock (_gate)
        {
            lane.SentAt = _engine.Clock.GetTimestamp();
            body = string.Create(CultureInfo.InvariantCulture, $"{{\"batch\":{lane.Left},\"expires\":{_expires.Ticks * 100}}}");
        }

        await _engine.AskAsync(
            static async (engine, state, cancel) =>
            {
                await engine.Connection.PublishAsync(
                    state._pullSubject, Encoding.UTF8.GetBytes(state.body), replyTo: state.lane.Subject, serializer: NatsRawSerializer<byte[]>.Default, cancellationToken: cancel);
                return default(Unit);
            },
            (_pullSubject, body, lane), $"take a request for values of {_settings.Name}", cancellationToken);
        lane.IsSent = true;
    }

    private void OnMessage(Lane lane, in NatsMsg<byte[]> message)
    {
        // 404: no messages; 408: the request has expired; 409: the request was refused; 503: no responders; 100: a heartbeat.
        if (message.Headers is { Code: not 0 } status && string.IsNullOrEmpty(message.ReplyTo))
        {
            lock (_gate)
            {
                if (status.Code != 100)
                {
                    _asked -= lane.Left;
                    lane.Left = 0;
                    if (_pulls.Count > _asked)
                    {
                        WakeLocked(status.Code is 404 or 408 ? null : $"{_engine.Description} refused a request for values of {_settings.Name}: {status.Code} {status.MessageText}");
                    }
                }
            }

            return;
        }

        lock (_gate)
        {
            NatsDelivery? delivery = NatsDelivery.From(_engine, message, lane.SentAt);
            if (lane.Left != 0)
            {
                lane.Left--;
                _asked--;
            }

            if (delivery is null || IsOver(delivery))
            {
                return;
            }

            if (_disposed)
            {
                _engine.Runtime.Spawn(async () => await GiveBackAsync(delivery));
            }
            else if (_pulls.First is { } first)
            {
                _pulls.RemoveFirst();
                first.Value.Result.TrySend(new Result(delivery, null));
            }
            else
            {
                _ready.AddLast(delivery);
                _return.Reset(_settings.ReturnAfter);
            }
        }
    }

    private bool IsOver(NatsDelivery delivery) => _engine.Clock.GetElapsedTime(delivery.HeldSince) >= _settings.AckWait;

    private NatsDelivery? TakeReadyLocked()
    {
        while (_ready.First is { } first)
        {
            _ready.RemoveFirst();
            if (!IsOver(first.Value))
            {
                return first.Value;
            }
        }

        return null;
    }

    /// <summary>Gives up the lane and its request.</summary>
    private void RetireLocked(Lane lane)
    {
        if (_lanes.Remove(lane))
        {
            _asked -= lane.Left;
            lane.Left = 0;
            _engine.Runtime.Spawn(lane.DisposeAsync);
        }
    }

    private void WakeLocked(string? refusal)
    {
        while (_pulls.First is { } first)
        {
            _pulls.RemoveFirst();
            first.Value.Result.TrySend(new Result(null, refusal));
        }
    }

    /// <summary>Gives up the requests that should have ended.</summary>
    private ValueTask WatchAsync()
    {
        lock (_gate)
        {
            TimeSpan patience = _expires + _engine.Options.RequestTimeout;
            foreach (Lane lane in _lanes.ToArray())
            {
                if (lane.Left != 0 && _engine.Clock.GetElapsedTime(lane.SentAt) >= patience)
                {
                    RetireLocked(lane);
                }
            }

            if (_pulls.Count > _asked)
            {
                WakeLocked(null);
            }

            if (_asked != 0 && !_disposed)
            {
                _watch.Reset(patience);
            }
        }

        return default;
    }

    private async ValueTask ReturnAsync()
    {
        while (true)
        {
            NatsDelivery? delivery;
            lock (_gate)
            {
                delivery = TakeReadyLocked();
            }

            if (delivery is null)
            {
                return;
            }

            await GiveBackAsync(delivery);
        }
    }

    private static async ValueTask GiveBackAsync(NatsDelivery delivery)
    {
        try
        {
            await delivery.NakAsync(TimeSpan.Zero, CancellationToken.None);
        }
        catch (Exception exception) when (exception is EngineTimeoutException or ObjectDisposedException)
        {
            // The server delivers the message again when its hold has expired.
        }
    }

    /// <summary>A subscription for one request at a time.</summary>
    private sealed class Lane(string subject) : IAsyncDisposable
    {
        internal string Subject { get; } = subject;

        internal INatsSub<byte[]>? Subscription { get; set; }

        /// <summary>A time not later than the sending of the request.</summary>
        internal long SentAt { get; set; }

        /// <summary>The number of messages that the request can still bring; 0 if it has ended.</summary>
        internal int Left { get; set; }

        /// <summary>Whether the request has been sent.</summary>
        internal bool IsSent { get; set; }

        public async ValueTask DisposeAsync()
        {
            if (Subscription is not null)
            {
                await Subscription.DisposeAsync();
            }
        }
    }

    /// <summary>One wait for a message.</summary>
    private sealed class Pull
    {
        internal Chan<Result> Result { get; } = new(1);

        internal LinkedListNode<Pull>? Node { get; set; }
    }

    /// <summary>A message, or the reason why there is none.</summary>
    private readonly record struct Result(NatsDelivery? Delivery, string? Refusal);
}
