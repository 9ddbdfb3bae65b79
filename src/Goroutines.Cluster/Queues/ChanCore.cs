using Goroutines.Cluster.Engine;
using Microsoft.Extensions.Logging;

namespace Goroutines.Cluster.Queues;

/// <summary>A channel of the cluster without the type of its values: repeated sends, the close mark, and hints about room.</summary>
/// <remarks>
/// <para>
/// <b>A full channel.</b> A sender that was refused tries again after a growing pause, and signals <c>blocked.NAME</c> each time. For a
/// second after that signal, a process signals <c>room.NAME</c> after each of its acknowledgements, which ends the pauses. Both signals are
/// hints; a lost one costs a pause.
/// </para>
/// <para>
/// <b>The close mark</b> is a key. It is read when the channel is opened, and by senders and receivers at most once a second, or after the
/// signal <c>closed.NAME</c>. An unused channel runs nothing.
/// </para>
/// </remarks>
internal sealed class ChanCore : IAsyncDisposable
{
    private static readonly TimeSpan s_checkEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_recheckClosed = TimeSpan.FromMilliseconds(250);

    private readonly List<IAsyncDisposable> _listeners = [];
    private readonly string _closedKey;
    private readonly string _blockedTopic;
    private readonly string _roomTopic;
    private readonly string _closedTopic;
    private readonly Lock _gate = new();
    private Chan<Unit> _room = new();
    private bool _marked;
    private bool _known;
    private long _checked;
    private long _blockedUntil;

    private ChanCore(ClusterConnection connection, EngineQueue queue, string name, string token, ClusterChanOptions options)
    {
        Connection = connection;
        Engine = connection.Engine;
        Queue = queue;
        Name = name;
        Token = token;
        Options = options;
        Tag = Meters.Channel(name);
        _closedKey = $"closed.{token}";
        _blockedTopic = $"blocked.{token}";
        _roomTopic = $"room.{token}";
        _closedTopic = $"closed.{token}";
    }

    internal ClusterConnection Connection { get; }

    internal ClusterEngine Engine { get; }

    internal EngineQueue Queue { get; }

    internal string Name { get; }

    /// <summary>The name as the engine has it: without characters that it might not take.</summary>
    internal string Token { get; }

    internal ClusterChanOptions Options { get; }

    internal KeyValuePair<string, object?> Tag { get; }

    internal ILogger Logger => Connection.Logger;

    internal static async ValueTask<ChanCore> OpenAsync(
        ClusterConnection connection, string name, string token, ClusterChanOptions options, CancellationToken cancellationToken)
    {
        EngineQueue queue = await connection.Engine.RepeatAsync(
            static (state, cancel) => state.Engine.OpenQueueAsync(state.Settings, cancel),
            (connection.Engine, Settings: options.Settings(token)), connection.Engine.Options.OperationTimeout, cancellationToken);
        ChanCore core = new(connection, queue, name, token, options);
        try
        {
            core._listeners.Add(await core.Engine.ListenAsync(core._blockedTopic, core.OnBlocked, cancellationToken));
            core._listeners.Add(await core.Engine.ListenAsync(core._roomTopic, core.OnRoom, cancellationToken));
            core._listeners.Add(await core.Engine.ListenAsync(core._closedTopic, core.OnClosed, cancellationToken));
            await core.IsClosedAsync(cancellationToken);
            return core;
        }
        catch
        {
            await core.DisposeAsync();
            throw;
        }
    }

    /// <returns>false if the channel is full and <paramref name="waits"/> is false.</returns>
    internal async ValueTask<bool> SendAsync(EngineMessage message, bool waits, CancellationToken cancellationToken)
    {
        if (message.Payload.Length > Engine.MaxPayload)
        {
            throw new ArgumentException($"the value has {message.Payload.Length:N0} bytes; {Engine.Description} takes at most {Engine.MaxPayload:N0}");
        }

        for (int attempt = 0; ; attempt++)
        {
            if (await IsClosedAsync(cancellationToken))
            {
                throw new System.Threading.Channels.ChannelClosedException("send on closed channel");
            }

            Receiver<Unit> room = Room();
            PublishOutcome outcome;
            try
            {
                outcome = await Queue.PublishAsync(message, cancellationToken);
            }
            catch (EngineTimeoutException)
            {
                Meters.Repeated.Add(1);
                outcome = await PublishAgainAsync(message, cancellationToken);
            }

            switch (outcome)
            {
                case PublishOutcome.Full:
                    Meters.Refused.Add(1, Tag);
                    if (!waits)
                    {
                        return false;
                    }

                    await Engine.SignalAsync(_blockedTopic);
                    await PauseAsync(room, attempt, cancellationToken);
                    break;
                case PublishOutcome.Duplicate:
                    return true;
                default:
                    Meters.Sent.Add(1, Tag);
                    return true;
            }
        }
    }

    /// <returns>The next value; null once the channel is closed and stores nothing, not even a value that another receiver holds.</returns>
    internal async ValueTask<EngineDelivery?> NextAsync(int wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            int wakes = Queue.Wakes;
            GoTimer? recheck = null;
            if (await IsClosedAsync(cancellationToken))
            {
                if (await IsEmptyAsync(cancellationToken))
                {
                    return null;
                }

                recheck = GoTimer.AfterFunc(s_recheckClosed, WakeAsync, Engine.Runtime);
            }

            using (recheck)
            {
                try
                {
                    if (await Queue.PullAsync(wanted, wakes, cancellationToken) is { } delivery)
                    {
                        Meters.Received.Add(1, Tag);
                        if (delivery.Attempt > 1)
                        {
                            Meters.Redelivered.Add(1, Tag);
                        }

                        return delivery;
                    }
                }
                catch (EngineTimeoutException)
                {
                    await Engine.Runtime.SleepAsync(Engine.Pause(7), cancellationToken);
                }
            }
        }
    }

    /// <summary>Called when a value was removed: there is room, and perhaps nothing is left.</summary>
    internal async ValueTask RemovedAsync(EngineMessage message)
    {
        if (message.Headers.TryGetValue(Headers.Handled, out string? topic))
        {
            await Engine.SignalAsync(topic);
        }

        if (Engine.Clock.GetTimestamp() < Volatile.Read(ref _blockedUntil))
        {
            await Engine.SignalAsync(_roomTopic);
        }

        if (Volatile.Read(ref _marked))
        {
            await Engine.SignalAsync(_closedTopic);
        }
    }

    internal async ValueTask<bool> IsClosedAsync(CancellationToken cancellationToken)
    {
        long now = Engine.Clock.GetTimestamp();
        lock (_gate)
        {
            if (_known && (_marked || Engine.Clock.GetElapsedTime(_checked, now) < s_checkEvery))
            {
                return _marked;
            }

            _checked = now;
        }

        try
        {
            KeyEntry? mark = await Engine.ReadKeyAsync(_closedKey, cancellationToken);
            lock (_gate)
            {
                _known = true;
                _marked |= mark?.Value == "closed";
            }
        }
        catch (EngineTimeoutException)
        {
            // The engine does not answer. The operation itself will report that, and the next one looks again.
        }

        return Volatile.Read(ref _marked);
    }

    internal async ValueTask MarkAsync(bool closed, CancellationToken cancellationToken)
    {
        try
        {
            await Engine.RepeatAsync(
                static async (state, cancel) =>
                {
                    (ClusterEngine engine, string key, string value) = state;
                    while (true)
                    {
                        KeyEntry? entry = await engine.ReadKeyAsync(key, cancel);
                        if (entry?.Value == value || (entry is null && value == "open")
                            || await engine.WriteKeyAsync(key, value, entry?.Revision ?? 0, Guid.NewGuid().ToString("N"), cancel) != 0)
                        {
                            return default(Unit);
                        }
                    }
                },
                (Engine, _closedKey, closed ? "closed" : "open"), Engine.Options.OperationTimeout, cancellationToken);
        }
        catch (EngineTimeoutException exception)
        {
            throw new DeliveryUnknownException($"{Engine.Description} did not answer: {Name} may or may not be {(closed ? "closed" : "open again")}", exception);
        }

        lock (_gate)
        {
            _marked = closed;
            _known = true;
            _checked = Engine.Clock.GetTimestamp();
        }

        Queue.WakePulls();
        await Engine.SignalAsync(_closedTopic);
    }

    /// <summary>Waits until nothing is stored or held.</summary>
    internal async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            Receiver<Unit> room = Room();
            if (await IsEmptyAsync(cancellationToken))
            {
                return;
            }

            await Engine.SignalAsync(_blockedTopic);
            await PauseAsync(room, attempt, cancellationToken);
        }
    }

    internal async ValueTask<QueueState> StateAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Engine.RepeatAsync(static (queue, cancel) => queue.StateAsync(cancel), Queue, Engine.Options.OperationTimeout, cancellationToken);
        }
        catch (EngineTimeoutException exception)
        {
            throw new TimeoutException($"{Engine.Description} did not say what {Name} holds", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable listener in _listeners)
        {
            await listener.DisposeAsync();
        }

        await Queue.DisposeAsync();
    }

    private async ValueTask<bool> IsEmptyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await Queue.StateAsync(cancellationToken)).Stored == 0;
        }
        catch (EngineTimeoutException)
        {
            return false;
        }
    }

    /// <summary>Repeats a publish whose outcome is unknown.</summary>
    private async ValueTask<PublishOutcome> PublishAgainAsync(EngineMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await Engine.Runtime.SleepAsync(Engine.Pause(0), cancellationToken);
            return await Engine.RepeatAsync(
                static (state, cancel) => state.Queue.PublishAsync(state.message, cancel), (Queue, message), Engine.Options.OperationTimeout, cancellationToken);
        }
        catch (EngineTimeoutException exception)
        {
            throw new DeliveryUnknownException(
                $"{Engine.Description} did not answer for {Engine.Options.OperationTimeout}: value {message.Id} may or may not be stored in {Name}", exception);
        }
    }

    /// <summary>Returns the channel that is closed at the next hint about room.</summary>
    private Receiver<Unit> Room()
    {
        lock (_gate)
        {
            return _room;
        }
    }

    private async ValueTask PauseAsync(Receiver<Unit> room, int attempt, CancellationToken cancellationToken)
        => await new Select().AndReceive(room).AndTimeout(Engine.Pause(attempt)).WaitAsync(cancellationToken);

    private ValueTask WakeAsync()
    {
        Queue.WakePulls();
        return default;
    }

    private void OnBlocked()
        => Volatile.Write(ref _blockedUntil, Engine.Clock.GetTimestamp() + Engine.Clock.TimestampFrequency);

    private void OnRoom()
    {
        Chan<Unit> room;
        lock (_gate)
        {
            room = _room;
            _room = new Chan<Unit>();
        }

        room.Close();
    }

    /// <summary>Called when the mark has changed, or a value of a closed channel was acknowledged.</summary>
    private void OnClosed()
    {
        lock (_gate)
        {
            _known = false;
        }

        Queue.WakePulls();
    }
}
