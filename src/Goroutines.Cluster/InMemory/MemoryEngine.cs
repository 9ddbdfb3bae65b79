using Goroutines.Cluster.Engine;

namespace Goroutines.Cluster.InMemory;

/// <summary>One member's connection to the store, on which requests and answers can be lost.</summary>
internal sealed class MemoryEngine(MemoryStore store, MemoryClusterOptions options) : ClusterEngine(store.Runtime, options, store.NextSeed())
{
    private readonly Chan<Unit> _ended = new();

    internal override bool IsRemote => false;

    internal override int MaxPayload => 1_000_000;

    internal override string Description => "the cluster in memory";

    internal override async ValueTask<EngineQueue> OpenQueueAsync(QueueSettings settings, CancellationToken cancellationToken)
        => new MemoryQueueClient(this, await OperateAsync(MemoryOperationKind.Open, settings.Name, () => store.OpenQueue(settings), store.Mutex, cancellationToken));

    internal override ValueTask<KeyEntry?> ReadKeyAsync(string key, CancellationToken cancellationToken)
        => OperateAsync(MemoryOperationKind.ReadKey, key, () => store.ReadKey(key), store.Mutex, cancellationToken);

    internal override ValueTask<long> WriteKeyAsync(string key, string value, long expected, string operation, CancellationToken cancellationToken)
        => OperateAsync(MemoryOperationKind.WriteKey, key, () => store.WriteKey(key, value, expected, operation), store.Mutex, cancellationToken);

    internal override ValueTask SignalAsync(string topic)
    {
        MemoryFault fault = Fault(MemoryOperationKind.Signal, topic);
        for (int times = Times(fault); times > 0; times--)
        {
            foreach (Action heard in store.Listeners(topic))
            {
                heard();
            }
        }

        return default;
    }

    internal override ValueTask<IAsyncDisposable> ListenOnceAsync(string topic, Action heard, CancellationToken cancellationToken)
    {
        store.Listen(topic, heard);
        return new ValueTask<IAsyncDisposable>(new Ended(() => store.StopListening(topic, heard)));
    }

    internal override async ValueTask<CallReply> CallAsync(string function, CallRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        MemoryFault fault = Fault(MemoryOperationKind.Call, function);
        if (store.Server(function, NextDouble()) is not { } server)
        {
            return new CallReply(CallStatus.NoServer, default);
        }

        Chan<CallReply> answer = new(1);
        for (int times = Times(fault); times > 0; times--)
        {
            Runtime.Spawn(async () =>
            {
                CallReply reply = await server(request);
                if (reply.Status != CallStatus.Repeated)
                {
                    answer.TrySend(reply);
                }
            });
        }

        Select select = new();
        ReceiveCase<CallReply> reply = select.Receive(fault == MemoryFault.LoseAnswer ? default : answer.Receiver);
        select.Timeout(timeout);
        await select.WaitAsync(cancellationToken);
        return reply.Selected ? reply.Value : throw new EngineTimeoutException($"no answer of {function} within {timeout}");
    }

    internal override ValueTask<IAsyncDisposable> ServeCallsAsync(
        string function, Func<CallRequest, ValueTask<CallReply>> handler, CancellationToken cancellationToken)
    {
        store.Serve(function, handler);
        return new ValueTask<IAsyncDisposable>(new Ended(() => store.StopServing(function, handler)));
    }

    internal override async ValueTask<TimeSpan> PingAsync(CancellationToken cancellationToken)
    {
        long begun = Clock.GetTimestamp();
        await OperateAsync(MemoryOperationKind.Ping, "", static () => true, store.Mutex, cancellationToken);
        return Clock.GetElapsedTime(begun);
    }

    public override ValueTask DisposeAsync()
    {
        _ended.TryClose();
        return default;
    }

    /// <summary>Carries out an operation under a lock, unless its request is lost. If the request or the answer is lost, it fails after
    /// <see cref="ClusterOptions.RequestTimeout"/>, as late as with a real engine.</summary>
    internal async ValueTask<T> OperateAsync<T>(MemoryOperationKind kind, string target, Func<T> operation, GoMutex mutex, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_ended.TryReceive(out _), typeof(ClusterConnection));

        MemoryFault fault = Fault(kind, target);
        if (fault != MemoryFault.LoseRequest)
        {
            T result;
            using (await mutex.LockAsync(cancellationToken))
            {
                result = operation();
                if (fault == MemoryFault.Repeat)
                {
                    operation();
                }
            }

            if (fault != MemoryFault.LoseAnswer)
            {
                return result;
            }
        }

        await new Select().AndReceive(_ended).AndTimeout(Options.RequestTimeout).WaitAsync(cancellationToken);
        throw new EngineTimeoutException($"no answer to {kind} {target} within {Options.RequestTimeout}");
    }

    /// <returns>How often an operation arrives.</returns>
    private static int Times(MemoryFault fault) => fault switch { MemoryFault.LoseRequest => 0, MemoryFault.Repeat => 2, _ => 1 };

    internal MemoryFault Fault(MemoryOperationKind kind, string target)
        => options.OnOperation?.Invoke(new MemoryOperation(options.Name, kind, target)) ?? MemoryFault.None;

    /// <summary>Cancels a registration, once.</summary>
    private sealed class Ended(Action end) : IAsyncDisposable
    {
        private int _done;

        public ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _done, 1) == 0)
            {
                end();
            }

            return default;
        }
    }
}
