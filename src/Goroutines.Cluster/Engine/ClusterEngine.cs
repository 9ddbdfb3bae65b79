namespace Goroutines.Cluster.Engine;

/// <summary>A store of messages and keys. Everything else (retries, leases, back-off, dead letters) is written once, on top of
/// it.</summary>
/// <remarks>
/// An operation that gets no answer in time throws <see cref="EngineTimeoutException"/>: it may or may not have been carried out. So every
/// operation but a call can be repeated: a publish and a write of a key carry an id by which the engine recognizes the repetition; the
/// others have the same effect twice as once. An engine times its operations itself; the token is only the caller's.
/// </remarks>
internal abstract class ClusterEngine(GoRuntime runtime, ClusterOptions options, ulong seed) : IAsyncDisposable
{
    private ulong _dice = seed;

    internal GoRuntime Runtime { get; } = runtime;

    internal ClusterOptions Options { get; } = options;

    internal TimeProvider Clock { get; } = runtime.TimeProvider;

    /// <summary>Whether something outside this process can wake a receiver.</summary>
    internal abstract bool IsRemote { get; }

    /// <summary>The largest message, in bytes.</summary>
    internal abstract int MaxPayload { get; }

    /// <summary>A description of the engine, for messages and health checks.</summary>
    internal abstract string Description { get; }

    internal abstract ValueTask<EngineQueue> OpenQueueAsync(QueueSettings settings, CancellationToken cancellationToken);

    /// <summary>Reads a key. The answer may be stale; only <see cref="WriteKeyAsync"/> decides.</summary>
    internal abstract ValueTask<KeyEntry?> ReadKeyAsync(string key, CancellationToken cancellationToken);

    /// <summary>Writes a key if the revision of its last write is the expected one (0: it was never written).</summary>
    /// <returns>The new revision, which is greater than all earlier ones; 0 if the key has another revision.</returns>
    internal abstract ValueTask<long> WriteKeyAsync(string key, string value, long expected, string operation, CancellationToken cancellationToken);

    /// <summary>Notifies the listeners of a topic in all processes. The signal is a hint: it may be lost.</summary>
    internal abstract ValueTask SignalAsync(string topic);

    /// <summary>Calls <paramref name="heard"/> at each signal. The callback may only hand the signal over, and may be called twice for one.</summary>
    internal ValueTask<IAsyncDisposable> ListenAsync(string topic, Action heard, CancellationToken cancellationToken)
        => RepeatAsync(
            static (state, cancel) => state.Self.ListenOnceAsync(state.topic, state.heard, cancel), (Self: this, topic, heard), Options.OperationTimeout, cancellationToken);

    /// <summary>Makes one attempt at <see cref="ListenAsync"/>. One that fails leaves no listener.</summary>
    internal abstract ValueTask<IAsyncDisposable> ListenOnceAsync(string topic, Action heard, CancellationToken cancellationToken);

    internal abstract ValueTask<CallReply> CallAsync(string function, CallRequest request, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Serves calls until the result is disposed. A busy handler says so at once instead of waiting. An attempt that fails leaves
    /// nothing. The handler recognizes a request that arrives twice, to which the engine then sends no answer.</summary>
    internal abstract ValueTask<IAsyncDisposable> ServeCallsAsync(string function, Func<CallRequest, ValueTask<CallReply>> handler, CancellationToken cancellationToken);

    internal abstract ValueTask<TimeSpan> PingAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    /// <summary>Returns a number from 0 to 1 for jitter. It is from the engine's own sequence, so that an explored schedule can be
    /// repeated.</summary>
    internal double NextDouble()
    {
        ulong z = Interlocked.Add(ref _dice, 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Repeats an operation until its outcome is known, for at most <paramref name="limit"/>.</summary>
    /// <exception cref="EngineTimeoutException">The outcome is still unknown.</exception>
    internal async ValueTask<T> RepeatAsync<T, TState>(
        Func<TState, CancellationToken, ValueTask<T>> operation, TState state, TimeSpan limit, CancellationToken cancellationToken)
    {
        long begun = Clock.GetTimestamp();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await operation(state, cancellationToken);
            }
            catch (EngineTimeoutException) when (Clock.GetElapsedTime(begun) < limit)
            {
                Meters.Repeated.Add(1);
            }

            await Runtime.SleepAsync(Pause(attempt), cancellationToken);
        }
    }

    /// <summary>Returns the pause before the next attempt: 2 ms, doubled with each attempt up to 250 ms, less a jitter of up to
    /// half.</summary>
    internal TimeSpan Pause(int attempt)
    {
        double milliseconds = Math.Min(250, 2 << Math.Min(attempt, 10));
        return TimeSpan.FromMilliseconds(milliseconds * (0.5 + (0.5 * NextDouble())));
    }
}
