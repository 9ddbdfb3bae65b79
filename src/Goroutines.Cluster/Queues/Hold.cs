using Goroutines.Cluster.Engine;

namespace Goroutines.Cluster.Queues;

/// <summary>One value while it is held. Sends signs of life, determines by the local clock when the value is lost, and settles it
/// once.</summary>
/// <remarks>
/// <para>
/// The hold lasts for <c>AckWait</c> from <c>_since</c>, a time stamp from before the request that the engine answered with the value, or
/// from before the last sign of life that the engine confirmed. So the engine counts from a later time, and this side gives up first. This
/// matters because engines take the acknowledgement of a former holder for the present holder's: after the hold, no acknowledgement is
/// sent.
/// </para>
/// <para>
/// There is one timer. At a third of the hold it sends a sign of life; while the answer is pending, it is set to the end of the hold.
/// <c>_gate</c> guards all fields. While it is held, nothing is awaited and no code of the program runs: no token is cancelled, and nothing
/// is logged or counted (loggers and listeners of meters may wait for another thread that needs the gate).
/// </para>
/// </remarks>
internal sealed class Hold
{
    private readonly Lock _gate = new();
    private readonly ChanCore _chan;
    private readonly EngineDelivery _delivery;
    private readonly GoTimer _timer;
    private readonly long _begun;
    private long _since;
    private State _state;
    private bool _progressing;
    private CancellationTokenSource? _lost;
    private CancellationTokenSource? _handler;

    internal Hold(ChanCore chan, EngineDelivery delivery)
    {
        _chan = chan;
        _delivery = delivery;
        _since = delivery.HeldSince;
        _begun = chan.Engine.Clock.GetTimestamp();
        Meters.InFlight.Add(1, chan.Tag);
        lock (_gate)
        {
            // The timer may fire before the constructor has returned; its body takes the gate first.
            _timer = GoTimer.AfterFunc(Earlier(UntilSign, Left), TickAsync, chan.Engine.Runtime);
        }
    }

    private enum State
    {
        Held,
        Settling,
        Settled,
        Lost,
    }

    internal EngineDelivery Delivery => _delivery;

    internal CancellationToken Lost
    {
        get
        {
            lock (_gate)
            {
                if (_state == State.Lost)
                {
                    return new CancellationToken(canceled: true);
                }

                return (_lost ??= new CancellationTokenSource()).Token;
            }
        }
    }

    /// <summary>Cancels the source of a handler's token when the value is lost.</summary>
    internal void Bind(CancellationTokenSource handler)
    {
        lock (_gate)
        {
            if (_state != State.Lost)
            {
                _handler = handler;
                return;
            }
        }

        handler.Cancel();
    }

    internal bool IsHeld
    {
        get
        {
            lock (_gate)
            {
                return _state == State.Held;
            }
        }
    }

    private TimeSpan Elapsed => _chan.Engine.Clock.GetElapsedTime(_since);

    /// <summary>The time that is left of the hold.</summary>
    private TimeSpan Left => _chan.Options.AckWait - Elapsed;

    private TimeSpan UntilSign => (_chan.Options.AckWait / 3) - Elapsed;

    private TimeSpan LeftOfLimit => _chan.Options.HoldLimit - _chan.Engine.Clock.GetElapsedTime(_begun);

    internal async ValueTask AckAsync(CancellationToken cancellationToken)
    {
        Begin();
        try
        {
            try
            {
                await _delivery.AckAsync(cancellationToken); // Begin has looked whether the value is still held
            }
            catch (EngineTimeoutException)
            {
                Meters.Repeated.Add(1);
                await RepeatAsync(static (delivery, cancel) => delivery.AckAsync(cancel), "acknowledged", cancellationToken);
            }
        }
        finally
        {
            End();
        }

        Meters.Acked.Add(1, _chan.Tag);
        await _chan.RemovedAsync(_delivery.Message);
    }

    /// <summary>Gives back a value that failed or, at the last attempt, gives it up.</summary>
    internal async ValueTask FailAsync(TimeSpan? after, string reason, Exception? cause, CancellationToken cancellationToken)
    {
        if (_delivery.Attempt >= _chan.Options.MaxAttempts)
        {
            await BuryAsync(reason, cause, cancellationToken);
            return;
        }

        TimeSpan delay = after ?? Backoff();
        Begin();
        try
        {
            await RepeatAsync((delivery, cancel) => delivery.NakAsync(delay, cancel), "given back", cancellationToken);
        }
        finally
        {
            End();
        }

        Meters.Retried.Add(1, _chan.Tag);
        Log.Retried(_chan.Logger, _chan.Name, _delivery.Message.Id, _delivery.Attempt, delay, cause);
    }

    /// <summary>Stores a dead letter, and then removes the value. After a crash in between both are repeated, and the dead letter is
    /// recognized by its id.</summary>
    internal async ValueTask BuryAsync(string reason, Exception? cause, CancellationToken cancellationToken)
    {
        Begin();
        try
        {
            Dictionary<string, string> headers = new(_delivery.Message.Headers)
            {
                [Headers.DeadReason] = OneLine(reason),
                [Headers.DeadAttempts] = _delivery.Attempt.ToString(null, null),
                [Headers.DeadId] = _delivery.Message.Id,
            };
            if (cause is not null)
            {
                headers[Headers.DeadErrorType] = OneLine(cause.GetType().FullName ?? cause.GetType().Name);
                headers[Headers.DeadError] = OneLine(cause.Message);
            }

            EngineMessage letter = new($"{_chan.Token}:{_delivery.Sequence}", _delivery.Message.Payload, headers);
            await RepeatAsync((_, cancel) => _chan.Queue.BuryAsync(letter, cancel), "made a dead letter", cancellationToken);
            await RepeatAsync(static (delivery, cancel) => delivery.AckAsync(cancel), "removed", cancellationToken);
        }
        finally
        {
            End();
        }

        Meters.Dead.Add(1, _chan.Tag);
        Log.Dead(_chan.Logger, _chan.Name, _delivery.Message.Id, _delivery.Attempt, reason, cause);
        await _chan.RemovedAsync(_delivery.Message);
    }

    /// <summary>Gives the value back at once if it is still held. Does not throw: if this fails, the value returns when the hold
    /// expires.</summary>
    internal async ValueTask GiveBackAsync()
    {
        lock (_gate)
        {
            if (_state != State.Held)
            {
                return;
            }

            _state = State.Settling;
        }

        try
        {
            await RepeatAsync(static (delivery, cancel) => delivery.NakAsync(TimeSpan.Zero, cancel), "given back", CancellationToken.None);
            Meters.Returned.Add(1, _chan.Tag);
        }
        catch (Exception exception)
        {
            Log.NotSettled(_chan.Logger, _chan.Name, _delivery.Message.Id, exception);
        }
        finally
        {
            End();
        }
    }

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>Fits a text into a header, which is a single line.</summary>
    private static string OneLine(string text)
    {
        string line = text.ReplaceLineEndings(" ");
        line = line.Length <= 1_000 ? line : line[..1_000];
        return string.Create(line.Length, line, static (span, line) =>
        {
            for (int i = 0; i < line.Length; i++)
            {
                span[i] = char.IsControl(line[i]) ? ' ' : line[i];
            }
        }).Trim();
    }

    private TimeSpan Backoff()
    {
        ClusterChanOptions options = _chan.Options;
        double factor = Math.Pow(2, Math.Min(_delivery.Attempt - 1, 30)) * (1 + (0.25 * _chan.Engine.NextDouble()));
        double milliseconds = Math.Min(options.RetryDelay.TotalMilliseconds * factor, options.MaxRetryDelay.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    /// <summary>Repeats an operation while the value is held. A later repetition could settle the value for another holder.</summary>
    private async ValueTask RepeatAsync(Func<EngineDelivery, CancellationToken, ValueTask<Unit>> operation, string what, CancellationToken cancellationToken)
    {
        try
        {
            await _chan.Engine.RepeatAsync(
                static (state, cancel) =>
                {
                    if (state.hold.IsOver())
                    {
                        throw new LeaseLostException($"value {state.hold._delivery.Message.Id} of {state.hold._chan.Name} is held no longer; another may have it");
                    }

                    return state.operation(state.hold._delivery, cancel);
                },
                (hold: this, operation), _chan.Engine.Options.OperationTimeout, cancellationToken);
        }
        catch (EngineTimeoutException exception)
        {
            throw new DeliveryUnknownException(
                $"{_chan.Engine.Description} did not answer: value {_delivery.Message.Id} of {_chan.Name} may or may not be {what}", exception);
        }
    }

    private bool IsOver()
    {
        lock (_gate)
        {
            return Left <= TimeSpan.Zero;
        }
    }

    private void Begin()
    {
        bool lost;
        Loss loss = default;
        lock (_gate)
        {
            if (_state is State.Settling or State.Settled)
            {
                throw new InvalidOperationException($"value {_delivery.Message.Id} of {_chan.Name} has been settled already");
            }

            lost = _state == State.Lost || Left <= TimeSpan.Zero;
            if (lost)
            {
                loss = LoseLocked();
            }
            else
            {
                _state = State.Settling;
            }
        }

        Report(loss);
        if (lost)
        {
            throw new LeaseLostException($"value {_delivery.Message.Id} of {_chan.Name} is held no longer; another may have it");
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _state = State.Settled;
            _timer.Stop();
        }

        Meters.InFlight.Add(-1, _chan.Tag);
    }

    /// <returns>What the caller reports after it has released the gate.</returns>
    private Loss LoseLocked()
    {
        if (_state == State.Lost)
        {
            return default;
        }

        _state = State.Lost;
        _timer.Stop();
        return new Loss(true, _lost, _handler);
    }

    private void Report(Loss loss)
    {
        if (loss.IsNew)
        {
            loss.Source?.Cancel();
            loss.Handler?.Cancel();
            Meters.InFlight.Add(-1, _chan.Tag);
            Meters.HoldsLost.Add(1, _chan.Tag);
            Log.HoldLost(_chan.Logger, _chan.Name, _delivery.Message.Id, _chan.Engine.Clock.GetElapsedTime(_begun));
        }
    }

    private async ValueTask TickAsync()
    {
        Loss loss = default;
        bool send = false;
        long sentAt = 0;
        lock (_gate)
        {
            if (_state is State.Settled or State.Lost)
            {
                return;
            }

            if (Left <= TimeSpan.Zero || LeftOfLimit <= TimeSpan.Zero)
            {
                // A settlement in progress finds this out by itself, and needs no more signs of life.
                if (_state == State.Held)
                {
                    loss = LoseLocked();
                }
            }
            else
            {
                send = !_progressing;
                _progressing = true;
                sentAt = _chan.Engine.Clock.GetTimestamp();
                _timer.Reset(Earlier(Left, LeftOfLimit));
            }
        }

        Report(loss);
        if (!send)
        {
            return;
        }

        bool confirmed = false;
        try
        {
            await _delivery.ProgressAsync(CancellationToken.None);
            confirmed = true;
        }
        catch (Exception exception) when (exception is EngineTimeoutException or EngineRefusedException or ObjectDisposedException)
        {
            Meters.Repeated.Add(1);
        }
        finally
        {
            lock (_gate)
            {
                _progressing = false;
                if (_state is State.Held or State.Settling)
                {
                    _since = confirmed ? sentAt : _since;
                    TimeSpan next = confirmed ? UntilSign : Earlier(_chan.Options.AckWait / 12, Left);
                    _timer.Reset(Earlier(Earlier(next, Left), LeftOfLimit));
                }
            }
        }
    }

    /// <summary>A loss that has just been found, and the sources of the tokens that tell of it, if there are any.</summary>
    private readonly record struct Loss(bool IsNew, CancellationTokenSource? Source, CancellationTokenSource? Handler);
}
