using System.Threading.Channels;
using Goroutines.Cluster.Engine;

namespace Goroutines.Cluster.InMemory;

/// <summary>One member's end of a queue.</summary>
internal sealed class MemoryQueueClient(MemoryEngine engine, MemoryQueue queue) : EngineQueue
{
    private bool _disposed;
    private int _wakes;

    internal override ValueTask<PublishOutcome> PublishAsync(EngineMessage message, CancellationToken cancellationToken)
        => OperateAsync(MemoryOperationKind.Publish, () => queue.Publish(message), cancellationToken);

    internal override async ValueTask<EngineDelivery?> PullAsync(int wanted, int wakes, CancellationToken cancellationToken)
    {
        MemoryPull pull = new(this);
        await OperateAsync(
            MemoryOperationKind.Pull,
            () =>
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (pull.HasArrived)
                {
                    return true; // the request arrives a second time: it must not get a second message, which nobody would take
                }

                pull.HasArrived = true;
                if (Volatile.Read(ref _wakes) != wakes)
                {
                    pull.Result.TrySend(null);
                }
                else
                {
                    queue.Join(pull);
                }

                return true;
            },
            cancellationToken);
        try
        {
            return await pull.Result.TakeAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            using (await queue.Mutex.LockAsync(CancellationToken.None))
            {
                queue.Leave(pull);
            }

            throw;
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(ClusterConnection));
        }
    }

    internal override int Wakes => Volatile.Read(ref _wakes);

    internal override void WakePulls()
    {
        Interlocked.Increment(ref _wakes);
        engine.Runtime.Spawn(
            async () =>
            {
                using (await queue.Mutex.LockAsync())
                {
                    queue.WakePulls(this, close: false);
                }
            });
    }

    internal override ValueTask<QueueState> StateAsync(CancellationToken cancellationToken)
        => OperateAsync(MemoryOperationKind.State, () => queue.State, cancellationToken);

    internal override ValueTask<Unit> BuryAsync(EngineMessage message, CancellationToken cancellationToken)
        => OperateAsync(MemoryOperationKind.DeadLetter, () => queue.Bury(message), cancellationToken);

    internal override ValueTask<IReadOnlyList<DeadEntry>> DeadAsync(long after, int limit, CancellationToken cancellationToken)
        => OperateAsync(MemoryOperationKind.DeadLetter, () => queue.Dead(after, limit), cancellationToken);

    internal override ValueTask<Unit> RemoveDeadAsync(long sequence, CancellationToken cancellationToken)
        => OperateAsync(MemoryOperationKind.DeadLetter, () => queue.RemoveDead(sequence), cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        using (await queue.Mutex.LockAsync())
        {
            _disposed = true;
            queue.WakePulls(this, close: true);
        }
    }

    internal ValueTask<Unit> AckAsync(long sequence, CancellationToken cancellationToken)
        => OperateAsync(MemoryOperationKind.Ack, () => queue.Ack(sequence), cancellationToken);

    internal ValueTask<Unit> GiveBackAsync(long sequence, TimeSpan delay, CancellationToken cancellationToken)
        => OperateAsync(MemoryOperationKind.GiveBack, () => queue.GiveBack(sequence, delay), cancellationToken);

    internal ValueTask<Unit> ProgressAsync(long sequence, CancellationToken cancellationToken)
        => OperateAsync(MemoryOperationKind.Progress, () => queue.Progress(sequence), cancellationToken);

    private ValueTask<T> OperateAsync<T>(MemoryOperationKind kind, Func<T> operation, CancellationToken cancellationToken)
        => engine.OperateAsync(kind, queue.Settings.Name, operation, queue.Mutex, cancellationToken);
}

/// <summary>A message that a member holds.</summary>
internal sealed class MemoryDelivery(MemoryQueueClient client, EngineMessage message, long sequence, int attempt, DateTimeOffset storedAt, long heldSince)
    : EngineDelivery(message, sequence, attempt, storedAt, heldSince)
{
    internal override ValueTask<Unit> AckAsync(CancellationToken cancellationToken) => client.AckAsync(Sequence, cancellationToken);

    internal override ValueTask<Unit> NakAsync(TimeSpan delay, CancellationToken cancellationToken) => client.GiveBackAsync(Sequence, delay, cancellationToken);

    internal override ValueTask<Unit> ProgressAsync(CancellationToken cancellationToken) => client.ProgressAsync(Sequence, cancellationToken);
}
