using System.Globalization;
using Goroutines.Cluster.Engine;

namespace Goroutines.Cluster.Leases;

/// <summary>Takes leases. Each connection has one.</summary>
/// <remarks>
/// <para>
/// A lease is a key. Its value names the holder and the time to live, or says that the lease is free. A write succeeds only if the revision
/// has not changed, so of two members that take a lease, one wins. The token of the lease is the revision of the write that took it.
/// Revisions grow over all keys and never start again, so the tokens of one name grow.
/// </para>
/// <para>
/// The clocks of two processes are never compared. A holder writes its key again every third of the time to live, and counts its hold
/// from before the last write that succeeded. Another member takes the lease when it has seen one revision unchanged for the time to live
/// and a tenth more, by its own clock. It saw that revision after the holder had begun to count, so the holder gives up first. (Engines can
/// let keys expire by themselves, but then a group of keys has one time, and two programs with different times for one name would hold two
/// keys.)
/// </para>
/// <para>
/// Reads may be stale: a write that follows a stale revision or a stale "free" fails. Hints about released leases may be lost; they only
/// save a pause.
/// </para>
/// </remarks>
internal sealed class LeaseBook(ClusterConnection connection)
{
    internal const string Free = "free";

    private readonly Dictionary<string, (long Revision, long Seen)> _seen = [];
    private readonly ClusterEngine _engine = connection.Engine;

    internal ClusterConnection Connection => connection;

    /// <returns>The lease of the first key that can be taken; null if <paramref name="waits"/> is false and none can.</returns>
    internal async ValueTask<Lease?> AcquireAsync(string name, string token, string[] keys, LeaseOptions options, bool waits, CancellationToken cancellationToken)
    {
        string topic = $"lease.{token}";
        string holder = Guid.NewGuid().ToString("N");
        Chan<Unit> wake = new(1);
        IAsyncDisposable? listener = null;
        try
        {
            for (int attempt = 0; ; attempt++)
            {
                (Lease? lease, TimeSpan pause) = await TryEachAsync(name, topic, keys, holder, options, attempt, cancellationToken);
                if (lease is not null || !waits)
                {
                    return lease;
                }

                if (listener is null)
                {
                    // The next round does not wait: it finds what was released before the listener existed.
                    listener = await _engine.ListenAsync(topic, () => wake.TrySend(default), cancellationToken);
                    continue;
                }

                await new Select().AndReceive(wake).AndTimeout(pause).WaitAsync(cancellationToken);
            }
        }
        catch (EngineTimeoutException exception)
        {
            throw new TimeoutException($"{_engine.Description} did not answer: {name} was not acquired", exception);
        }
        finally
        {
            if (listener is not null)
            {
                await listener.DisposeAsync();
            }
        }
    }

    private async ValueTask<(Lease? Lease, TimeSpan Pause)> TryEachAsync(
        string name, string topic, string[] keys, string holder, LeaseOptions options, int attempt, CancellationToken cancellationToken)
    {
        TimeSpan pause = TimeSpan.FromSeconds(1);
        int first = keys.Length == 1 ? 0 : (int)(_engine.NextDouble() * keys.Length);
        for (int i = 0; i < keys.Length; i++)
        {
            string key = keys[(first + i) % keys.Length];
            KeyEntry? entry = await _engine.RepeatAsync(
                static (state, cancel) => state._engine.ReadKeyAsync(state.key, cancel), (_engine, key), _engine.Options.OperationTimeout, cancellationToken);
            TimeSpan left = Left(key, entry);
            if (left > TimeSpan.Zero)
            {
                pause = left < pause ? left : pause;
                continue;
            }

            long begun = _engine.Clock.GetTimestamp();
            string value = string.Create(CultureInfo.InvariantCulture, $"{holder} {(long)options.Ttl.TotalMilliseconds}");
            string operation = Guid.NewGuid().ToString("N");
            long revision = await _engine.RepeatAsync(
                static (state, cancel) => state._engine.WriteKeyAsync(state.key, state.value, state.Expected, state.operation, cancel),
                (_engine, key, value, Expected: entry?.Revision ?? 0, operation), _engine.Options.OperationTimeout, cancellationToken);
            if (revision == 0)
            {
                TimeSpan again = _engine.Pause(attempt);
                pause = again < pause ? again : pause;
                continue;
            }

            lock (_seen)
            {
                _seen.Remove(key);
            }

            Lease lease = new(this, name, topic, key, value, revision, options.Ttl, begun);
            if (!connection.TryTrack(lease))
            {
                await lease.DisposeAsync();
                throw new ObjectDisposedException(nameof(ClusterConnection));
            }

            if (_engine.Clock.GetElapsedTime(begun) < options.Ttl)
            {
                return (lease, default);
            }

            await lease.DisposeAsync(); // the answer took longer than the lease lasts
        }

        return (null, pause);
    }

    /// <summary>Returns how long the lease at least still belongs to another member, by what this process has seen.</summary>
    private TimeSpan Left(string key, KeyEntry? entry)
    {
        if (entry is null || entry.Value == Free || !TryGetTtl(entry.Value, out TimeSpan ttl))
        {
            return TimeSpan.Zero;
        }

        long now = _engine.Clock.GetTimestamp();
        lock (_seen)
        {
            if (!_seen.TryGetValue(key, out (long Revision, long Seen) seen) || seen.Revision < entry.Revision)
            {
                seen = (entry.Revision, now);
                _seen[key] = seen;
            }

            return (ttl * 1.1) - _engine.Clock.GetElapsedTime(seen.Seen, now);
        }
    }

    private static bool TryGetTtl(string value, out TimeSpan ttl)
    {
        int at = value.IndexOf(' ', StringComparison.Ordinal);
        bool known = long.TryParse(value.AsSpan(at + 1), CultureInfo.InvariantCulture, out long milliseconds);
        ttl = TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, 3_600_000));
        return known;
    }
}
