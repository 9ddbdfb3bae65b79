using Goroutines.Cluster.Engine;

namespace Goroutines.Cluster;

/// <summary>Takes leases.</summary>
public sealed partial class ClusterConnection
{
    /// <summary>Waits until this process holds a lock.</summary>
    /// <param name="name">The name: any text of 1 to 100 bytes in UTF-8.</param>
    /// <param name="options">How long the lease outlives its holder. The defaults are those of <see cref="LeaseOptions"/>.</param>
    /// <param name="cancellationToken">Cancels the wait. If the lease was taken at that moment, it expires by itself.</param>
    /// <returns>The lease. Waiters are not served in order.</returns>
    /// <remarks>A lock is not reentrant. A caller detects that a holder has died by watching it for its time to live, so the first caller
    /// that asks after that waits for that long.</remarks>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="TimeoutException">The engine did not answer; the lock is not held.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    public async ValueTask<Lease> LockAsync(string name, LeaseOptions? options = null, CancellationToken cancellationToken = default)
        => (await LeaseAsync(name, 1, "lock", options, waits: true, cancellationToken))!;

    /// <summary>Takes a lock if it is free.</summary>
    /// <returns>The lease; <see langword="null"/> if another member holds the lock.</returns>
    /// <inheritdoc cref="LockAsync"/>
    public ValueTask<Lease?> TryLockAsync(string name, LeaseOptions? options = null, CancellationToken cancellationToken = default)
        => LeaseAsync(name, 1, "lock", options, waits: false, cancellationToken);

    /// <summary>Waits until this process holds one of several slots: a semaphore of the cluster.</summary>
    /// <param name="name">The name: any text of 1 to 100 bytes in UTF-8.</param>
    /// <param name="slots">The number of slots, from 1 to 1,000. Every program must specify the same number.</param>
    /// <param name="options">How long a slot outlives its holder. The defaults are those of <see cref="LeaseOptions"/>.</param>
    /// <param name="cancellationToken">Cancels the wait. If a slot was taken at that moment, it expires by itself.</param>
    /// <returns>The lease of one slot.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="TimeoutException">The engine did not answer; no slot is held.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    public async ValueTask<Lease> AcquireAsync(string name, int slots, LeaseOptions? options = null, CancellationToken cancellationToken = default)
        => (await LeaseAsync(name, slots, "slot", options, waits: true, cancellationToken))!;

    /// <summary>Takes one of several slots if one is free.</summary>
    /// <returns>The lease of one slot; <see langword="null"/> if other members hold all slots.</returns>
    /// <inheritdoc cref="AcquireAsync"/>
    public ValueTask<Lease?> TryAcquireAsync(string name, int slots, LeaseOptions? options = null, CancellationToken cancellationToken = default)
        => LeaseAsync(name, slots, "slot", options, waits: false, cancellationToken);

    /// <summary>Runs <paramref name="body"/> while this process is the leader: waits for the leadership and runs the body. If the leadership is lost, waits
    /// until the body has ended and starts again.</summary>
    /// <param name="name">The name of the leadership: any text of 1 to 100 bytes in UTF-8.</param>
    /// <param name="body">The work of the leader. Its token is cancelled when the leadership is lost or <paramref name="cancellationToken"/> is cancelled; the
    /// body must then end. Pass <see cref="Lease.Token"/> with every effect.</param>
    /// <param name="options">How long the leadership outlives its holder. The defaults are those of <see cref="LeaseOptions"/>.</param>
    /// <param name="cancellationToken">Cancels the wait, or the body.</param>
    /// <returns>A task that completes when <paramref name="body"/> has returned while this process was the leader. The leadership is then given back.</returns>
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
                // Another member is the leader; this one stands for election again.
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
