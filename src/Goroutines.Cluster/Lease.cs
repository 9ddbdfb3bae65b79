using System.Diagnostics;
using Goroutines.Cluster.Engine;
using Goroutines.Cluster.Leases;

namespace Goroutines.Cluster;

/// <summary>
/// A lock, a slot or the leadership, which one member of the cluster holds at a time. <see cref="ClusterConnection.LockAsync"/> and
/// <see cref="ClusterConnection.AcquireAsync"/> return one; disposal gives it back.
/// </summary>
/// <remarks>
/// <para>A lease does not guarantee mutual exclusion. A holder that is paused or cut off still believes that it holds the lease until its code runs
/// again, and by then another member may have taken it. The protected resource must compare <see cref="Token"/> and refuse a token that is lower than
/// one it has seen. Without that check, a lease only saves work.</para>
/// <para>The library renews the lease until it is disposed. All members are thread-safe.</para>
/// </remarks>
[DebuggerDisplay("Lease {Name}, token {Token}")]
public sealed class Lease : IAsyncDisposable
{
    // The hold lasts from _since for the time to live; see LeaseBook. A renewal whose answer did not come is repeated with the same id
    // (_operation), and counts from its first attempt. A write holds _io, which guards _operation and its time; _gate guards the other
    // fields.
    private readonly Lock _gate = new();
    private readonly GoMutex _io = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly LeaseBook _book;
    private readonly ClusterEngine _engine;
    private readonly string _topic;
    private readonly string _key;
    private readonly string _value;
    private readonly TimeSpan _ttl;
    private readonly GoTimer _timer;
    private long _revision;
    private long _since;
    private string? _operation;
    private long _operationBegun;
    private bool _renewing;
    private State _state;

    internal Lease(LeaseBook book, string name, string topic, string key, string value, long revision, TimeSpan ttl, long since)
    {
        _book = book;
        _engine = book.Connection.Engine;
        _topic = topic;
        _key = key;
        _value = value;
        _revision = revision;
        _ttl = ttl;
        _since = since;
        Name = name;
        Token = revision;
        lock (_gate)
        {
            // The timer may fire before the constructor has returned; its body takes the gate first.
            _timer = GoTimer.AfterFunc(Earlier(UntilRenewal, Left), TickAsync, _engine.Runtime);
        }
    }

    private enum State
    {
        Held,
        Released,
        Lost,
    }

    /// <summary>Gets the name of the lock, slot or leadership.</summary>
    public string Name { get; }

    /// <summary>
    /// Gets the fencing token, which is greater than that of every earlier holder. Pass it with each effect to a store that refuses a token lower than one it has seen.
    /// </summary>
    public long Token { get; }

    /// <summary>Gets a token that is cancelled when the lease could not be renewed in time, by this process's own clock, before another member can take it.
    /// <see cref="DisposeAsync"/> does not cancel it.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Gets whether the lease is held at this moment, by this process's own clock.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_gate)
            {
                return _state == State.Held && Left > TimeSpan.Zero;
            }
        }
    }

    private TimeSpan Left => _ttl - _engine.Clock.GetElapsedTime(_since);

    private TimeSpan UntilRenewal => (_ttl / 3) - _engine.Clock.GetElapsedTime(_since);

    /// <summary>Throws unless the lease is held at this moment.</summary>
    /// <exception cref="LeaseLostException">The lease is not held.</exception>
    public void ThrowIfLost()
    {
        if (!IsHeld)
        {
            throw new LeaseLostException($"the lease {Name} with token {Token} is held no longer");
        }
    }

    /// <summary>Gives the lease back, so that another member can take it at once. Does not throw: if the engine does not answer, the lease expires.</summary>
    /// <returns>A task that completes when the engine has confirmed it, or has not answered for the time to live.</returns>
    public async ValueTask DisposeAsync()
    {
        _book.Connection.Forget(this);
        lock (_gate)
        {
            if (_state != State.Held)
            {
                return;
            }

            _state = State.Released;
            _timer.Stop();
        }

        try
        {
            using (await _io.LockAsync())
            {
                if (_operation is not null)
                {
                    await RenewAsync(); // it may have been carried out, which changes the revision
                }

                await _engine.RepeatAsync(
                    static (lease, cancel) => lease._engine.WriteKeyAsync(lease._key, LeaseBook.Free, lease._revision, $"free {lease._revision}", cancel),
                    this, _ttl, CancellationToken.None);
            }

            await _engine.SignalAsync(_topic);
        }
        catch (Exception exception) when (exception is EngineTimeoutException or EngineRefusedException or ObjectDisposedException)
        {
            Log.LeaseLost(_book.Connection.Logger, Name, Token, "it could not be given back, and runs out");
        }
    }

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private async ValueTask TickAsync()
    {
        bool renews;
        bool lost;
        lock (_gate)
        {
            if (_state != State.Held)
            {
                return;
            }

            lost = Left <= TimeSpan.Zero;
            renews = !lost && !_renewing;
            _renewing |= renews;
            if (!lost)
            {
                _timer.Reset(Left);
            }
        }

        if (lost)
        {
            Lose("it could not be renewed in time");
        }
        else if (renews)
        {
            await TryRenewAsync();
        }
    }

    private async ValueTask TryRenewAsync()
    {
        bool confirmed = false;
        try
        {
            using (await _io.LockAsync())
            {
                confirmed = await RenewAsync();
            }

            if (!confirmed)
            {
                Lose("another has taken it");
            }
        }
        catch (Exception exception) when (exception is EngineTimeoutException or EngineRefusedException or ObjectDisposedException)
        {
            Meters.Repeated.Add(1);
        }
        finally
        {
            lock (_gate)
            {
                _renewing = false;
                if (_state == State.Held)
                {
                    _timer.Reset(Earlier(confirmed ? UntilRenewal : _ttl / 12, Left));
                }
            }
        }
    }

    /// <returns>true if the lease was renewed; false if another member has written the key.</returns>
    private async ValueTask<bool> RenewAsync()
    {
        if (_operation is null)
        {
            _operation = Guid.NewGuid().ToString("N");
            _operationBegun = _engine.Clock.GetTimestamp();
        }

        long revision = await _engine.WriteKeyAsync(_key, _value, _revision, _operation, CancellationToken.None);
        if (revision == 0)
        {
            return false;
        }

        _operation = null;
        lock (_gate)
        {
            _revision = revision;
            _since = _operationBegun;
        }

        return true;
    }

    private void Lose(string reason)
    {
        lock (_gate)
        {
            if (_state != State.Held)
            {
                return;
            }

            _state = State.Lost;
            _timer.Stop();
        }

        _book.Connection.Forget(this);
        _lost.Cancel();
        Meters.LeasesLost.Add(1);
        Log.LeaseLost(_book.Connection.Logger, Name, Token, reason);
    }
}
