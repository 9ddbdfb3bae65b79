using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Goroutines.Cluster.Engine;
using NATS.Client.Core;

namespace Goroutines.Cluster.Nats;

/// <summary>Requests messages from the server.</summary>
/// <remarks>
/// <para>
/// The server sends messages only on request. A request asks for a number of messages, and expires after half the hold (<c>_expires</c>).
/// It goes through a <see cref="NatsLane"/>, a subscription that has one request at a time, because a message does not say which request it
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
/// <para><see cref="NatsPulls"/> keeps the account of pulls, requests and lanes. All fields are guarded by <c>_gate</c>.</para>
/// </remarks>
internal sealed partial class NatsQueue
{
    private readonly Lock _gate = new();
    private readonly NatsPulls _pulls;
    private readonly LinkedList<NatsDelivery> _ready = new();
    private readonly string _pullSubject;
    private readonly string _requestWords;
    private readonly TimeSpan _expires;
    private readonly GoTimer _return;
    private readonly GoTimer _watch;
    private int _wakes;
    private bool _disposed;

    internal override async ValueTask<EngineDelivery?> PullAsync(int wanted, int wakes, CancellationToken cancellationToken)
    {
        NatsPull pull = new();
        NatsRequest? request;
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

            request = _pulls.Add(pull, wanted, _engine.Clock.GetTimestamp());
            if (request is not null)
            {
                _watch.Reset(_expires + _engine.Options.RequestTimeout);
            }
        }

        try
        {
            if (request is not null)
            {
                await SendAsync(request, cancellationToken);
            }

            NatsPullResult result = await pull.Result.TakeAsync(cancellationToken);
            return result.Refusal is null ? result.Delivery : throw new EngineTimeoutException(result.Refusal);
        }
        catch (System.Threading.Channels.ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(ClusterConnection));
        }
        catch
        {
            lock (_gate)
            {
                if (_pulls.Withdraw(pull, request) is { } delivery && !_pulls.Deliver(delivery))
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
            _pulls.Wake(null);
        }
    }

    /// <summary>Called after a reconnect. The server has forgotten all requests.</summary>
    internal void OnReconnected()
    {
        lock (_gate)
        {
            _pulls.RetireBusy(static (_, _) => true, 0);
            _pulls.Wake(null);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        NatsDelivery[] ready;
        IReadOnlyList<NatsLane> lanes;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            ready = [.. _ready];
            _ready.Clear();
            lanes = _pulls.Close();
        }

        _return.Stop();
        _watch.Stop();
        _engine.Forget(this);
        foreach (NatsDelivery delivery in ready)
        {
            await GiveBackAsync(delivery);
        }

        foreach (NatsLane lane in lanes)
        {
            await lane.DisposeAsync();
        }
    }

    private async ValueTask SendAsync(NatsRequest request, CancellationToken cancellationToken)
    {
        NatsLane lane = request.Lane;
        if (lane.Subscription is null)
        {
            NatsListener subscription = await _engine.AskAsync(
                static (engine, state, cancel) => engine.SubscribeAsync(
                    new NatsListener(engine.Connection, state.lane.Subject, null, message => state.Queue.OnMessage(state.lane, message)), cancel),
                (Queue: this, lane), "subscribe", cancellationToken);
            bool isOut;
            lock (_gate)
            {
                lane.Subscription = subscription;
                isOut = request.IsOut;
            }

            if (!isOut)
            {
                await lane.DisposeAsync();
                throw GivenUp();
            }

        }

        string body;
        lock (_gate)
        {
            if (!request.IsOut)
            {
                throw GivenUp(); // by a reconnect, by the watch, or because the queue was disposed
            }

            lane.SentAt = _engine.Clock.GetTimestamp();
            body = string.Create(CultureInfo.InvariantCulture, $"{{\"batch\":{request.Left},\"expires\":{_expires.Ticks * 100}}}");
        }

        await _engine.AskAsync(RequestOnceAsync, (_pullSubject, body, lane), _requestWords, cancellationToken);
        lock (_gate)
        {
            request.IsSent = true;
        }

        EngineTimeoutException GivenUp() => new($"a request for values of {_settings.Name} was given up before it was sent");
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Unit> RequestOnceAsync(NatsEngine engine, (string Subject, string Body, NatsLane Lane) state, CancellationToken cancellationToken)
    {
        await engine.Connection.PublishAsync(
            state.Subject, Encoding.UTF8.GetBytes(state.Body), replyTo: state.Lane.Subject, serializer: NatsRawSerializer<byte[]>.Default, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return default;
    }

    /// <summary>Called in the flow that reads the connection.</summary>
    private void OnMessage(NatsLane lane, in NatsArrival message)
    {
        // 404: no messages; 408: the request has expired; 409: the request was refused; 503: no responders; 100: a heartbeat.
        if (string.IsNullOrEmpty(message.ReplyTo) && HeaderBlock.Status(message.Headers, out string text) is not 0 and var status)
        {
            lock (_gate)
            {
                if (status != 100)
                {
                    _pulls.End(
                        lane, status is 404 or 408 ? null : $"{_engine.Description} refused a request for values of {_settings.Name}: {status} {text}");
                }
            }

            return;
        }

        lock (_gate)
        {
            NatsDelivery? delivery = NatsDelivery.From(_engine, _stream, _headers, message, lane.SentAt);
            _pulls.Count(lane);
            if (delivery is null || IsOver(delivery))
            {
                _pulls.WakeUncovered();
                return;
            }

            if (_disposed)
            {
                _engine.Runtime.Spawn(async () => await GiveBackAsync(delivery));
            }
            else if (!_pulls.Deliver(delivery))
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

    /// <summary>Gives up the requests that should have ended.</summary>
    private ValueTask WatchAsync()
    {
        lock (_gate)
        {
            TimeSpan patience = _expires + _engine.Options.RequestTimeout;
            _pulls.RetireBusy(static (lane, state) => state.Clock.GetElapsedTime(lane.SentAt) >= state.patience, (_engine.Clock, patience));
            _pulls.WakeUncovered();
            if (_pulls.Asked != 0 && !_disposed)
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
}
