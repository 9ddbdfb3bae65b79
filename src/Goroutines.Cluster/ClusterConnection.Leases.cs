using Goroutines.Cluster.Engine;

namespace Goroutines.Cluster;

/// <summary>Leases.</summary>
public sealed partial class ClusterConnection
{
    /// <summary>Waits until this process holds a lock.</summary>
    /// <param name="name">Which: any text of 1 to 100 bytes in UTF-8.</param>
    /// <param name="options">How long it outlives its holder. Default: those of <see cref="LeaseOptions"/>.</param>
    /// <param name="cancellationToken">Cancels the wait. If the lease was taken at that moment it runs out by itself.</param>
    /// <returns>The lease. Waiters are not served in order.</returns>
    /// <remarks>A lock is not reentrant. A holder that died is noticed by watching it for its time to live, so the first to ask after that waits
    /// for that long.</remarks>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="TimeoutException">The engine did not answer; the lock is not held.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed of.</exception>
    public async ValueTask<Lease> LockAsync(string name, LeaseOptions? options = null, CancellationToken cancellationToken = default)
        => (await LeaseAsync(name, 1, "lock", options, waits: true, cancellationToken))!;

    /// <summary>Takes a lock if it is free.</summary>
    /// <returns>The lease; <see langword="null"/> if another holds the lock.</returns>
    /// <inheritdoc cref="LockAsync"/>
    public ValueTask<Lease?> TryLockAsync(string name, LeaseOptions? options = null, CancellationToken cancellationToken = default)
        => LeaseAsync(name, 1, "lock", options, waits: false, cancellationToken);

    /// <summary>Waits until this process holds one of several slots: a semaphore of the cluster.</summary>
    /// <param name="name">Which: any text of 1 to 100 bytes in UTF-8.</param>
    /// <param name="slots">How many there are, from 1 to 1,000. Every program has to name the same number.</param>
    /// <param name="options">How long a slot outlives its holder. Default: those of <see cref="LeaseOptions"/>.</param>
    /// <param name="cancellationToken">Cancels the wait. If a slot was taken at that moment it runs out by itself.</param>
    /// <returns>The lease of one slot.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="TimeoutException">The engine did not answer; no slot is held.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed of.</exception>
    public async ValueTask<Lease> AcquireAsync(string name, int slots, LeaseOptions? options = null, CancellationToken cancellationToken = default)
        => (await LeaseAsync(name, slots, "slot", options, waits: true, cancellationToken))!;

    /// <summary>Takes one of several slots if one is free.</summary>
    /// <returns>The lease of one slot; <see langword="null"/> if others hold all.</returns>
    /// <inheritdoc cref="AcquireAsync"/>
    public ValueTask<Lease?> TryAcquireAsync(string name, int slots, LeaseOptions? options = null, CancellationToken cancellationToken = default)
        => LeaseAsync(name, slots, "slot", options, waits: false, cancellationToken);

    /// <summary>Runs <paramref name="body"/> while this process is the leader: waits for the leadership, runs it, and, when the leadership is lost,
    /// waits until it has ended and begins anew.</summary>
    /// <param name="name">Which leadership: any text of 1 to 100 bytes in UTF-8.</param>
    /// <param name="body">What the leader does. Its token is cancelled when the leadership is lost and when <paramref name="cancellationToken"/> is; it has to
    /// end then. Effects carry <see cref="Lease.Token"/>.</param>
    /// <param name="options">How long the leadership outlives its holder. Default: those of <see cref="LeaseOptions"/>.</param>
    /// <param name="cancellationToken">Ends the wait, or the body.</param>
    /// <returns>A task that completes when <paramref name="body"/> has returned while it led. The leadership is given back then.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled. The leadership is given back.</exception>
    /// <inheritdoc cref="LockAsync" path="/exception"/>
    public async ValueTask LeadAsync(
        string name, Func<Lease, CancellationToken, ValueTask> body, LeaseOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        while (true)
        {
            await using Lease lease = await LockAsync(name, options, cancellationToken);
            using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, cancellationToken);
            try
            {
                await body(lease, ends.Token);
                return;
            }
            catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // Another leads; this one stands again.
            }
        }
    }

    private ValueTask<Lease?> LeaseAsync(string name, int slots, string kind, LeaseOptions? options, bool waits, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        string token = Names.Escape(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slots, 1_000);
        string[] keys = kind == "lock" ? [$"lock.{token}"] : [.. Enumerable.Range(0, slots).Select(i => $"slot.{token}.{i}")];
        return _book.AcquireAsync(name, token, keys, (options ?? new LeaseOptions()).Validated(), waits, cancellationToken);
    }
}
