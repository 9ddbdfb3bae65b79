using System.Buffers;
using Goroutines.Cluster.Engine;
using Goroutines.Cluster.Leases;
using Goroutines.Cluster.Queues;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Goroutines.Cluster;

/// <summary>
/// This process as a member of a cluster: it opens channels, calls and serves functions, and takes leases. <see cref="MemoryCluster"/> creates one for a single
/// process; the package of an engine creates one for several machines.
/// </summary>
/// <remarks>
/// <para>Create one per process, and keep it. It is thread-safe. Its goroutines run in the runtime in which it was created.</para>
/// <para>Disposal is a shutdown, not a close: receivers end, values that no receiver has taken are given back, and leases are given back.</para>
/// </remarks>
public sealed partial class ClusterConnection : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<IAsyncDisposable> _parts = []; // open channels and served functions
    private readonly HashSet<Lease> _leases = [];
    private readonly Dictionary<(string Function, Type Request), IAsyncDisposable> _spawned = [];
    private readonly LeaseBook _book;
    private bool _disposed;

    internal ClusterConnection(ClusterEngine engine)
    {
        Engine = engine;
        Logger = engine.Options.LoggerFactory?.CreateLogger("Goroutines.Cluster") ?? NullLogger.Instance;
        _book = new LeaseBook(this);
        Log.Connected(Logger, engine.Description);
    }

    internal ClusterEngine Engine { get; }

    internal ILogger Logger { get; }

    /// <summary>Opens a channel, and creates it if it does not exist.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="name">The name of the channel.</param>
    /// <param name="options">The channel's settings. The defaults are those of <see cref="ClusterChanOptions"/>.</param>
    /// <param name="cancellationToken">Cancels the wait. The channel may have been created.</param>
    /// <returns>The channel.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="ClusterConfigurationException">The channel exists with other settings, which the message names, or it does not exist and
    /// <c>Provision</c> is false. Nothing was changed.</exception>
    /// <exception cref="TimeoutException">The engine did not answer.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    public ValueTask<ClusterChan<T>> OpenAsync<T>(ChanName<T> name, ClusterChanOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        return OpenChannelAsync(name.Name, name.Token, name.Codec, options, cancellationToken);
    }

    /// <summary>Checks whether the engine answers. It is meant for the health check of a host.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The outcome. The call does not throw if the engine did not answer.</returns>
    public async ValueTask<ClusterHealth> CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return new ClusterHealth(true, Engine.Description, await Engine.PingAsync(cancellationToken));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new ClusterHealth(false, $"{Engine.Description}: {exception.Message}", Engine.Options.RequestTimeout);
        }
    }

    /// <summary>Shuts down: receivers end, values that no receiver has taken are given back, leases are given back, and the connection is closed.</summary>
    /// <returns>A task that completes when that is done. Values that are still held are delivered again when their holds have expired.</returns>
    public async ValueTask DisposeAsync()
    {
        Lease[] leases;
        IAsyncDisposable[] parts;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            leases = [.. _leases];
            parts = [.. _parts];
            _spawned.Clear();
        }

        // All at once: if the engine does not answer, giving a lease back takes its whole time to live.
        WaitGroup released = new();
        foreach (Lease lease in leases)
        {
            released.Spawn(lease.DisposeAsync);
        }

        await released.WaitAsync(CancellationToken.None);

        foreach (IAsyncDisposable part in parts)
        {
            await part.DisposeAsync();
        }

        await Engine.DisposeAsync();
    }

    /// <summary>The number of channels, served functions and leases that disposal still has to end.</summary>
    internal int Tracked
    {
        get
        {
            lock (_gate)
            {
                return _parts.Count + _leases.Count;
            }
        }
    }

    /// <returns>false if the connection has been disposed meanwhile, so that the caller has to give the lease back.</returns>
    internal bool TryTrack(Lease lease)
    {
        lock (_gate)
        {
            return !_disposed && _leases.Add(lease);
        }
    }

    internal void Forget(Lease lease)
    {
        lock (_gate)
        {
            _leases.Remove(lease);
        }
    }

    internal void Forget(IAsyncDisposable part)
    {
        lock (_gate)
        {
            _parts.Remove(part);
        }
    }

    /// <summary>Adds a part that ends with the connection, or ends it at once if the connection has been disposed meanwhile.</summary>
    private async ValueTask<T> TrackAsync<T>(T part)
        where T : IAsyncDisposable
    {
        bool disposed;
        lock (_gate)
        {
            disposed = _disposed;
            if (!disposed)
            {
                _parts.Add(part);
            }
        }

        if (disposed)
        {
            await part.DisposeAsync();
            throw new ObjectDisposedException(nameof(ClusterConnection));
        }

        return part;
    }

    private static ReadOnlyMemory<byte> Encode<T>(IClusterCodec<T> codec, T value)
    {
        ArrayBufferWriter<byte> bytes = new();
        codec.Encode(value, bytes);
        return bytes.WrittenMemory;
    }

    private async ValueTask<ClusterChan<T>> OpenChannelAsync<T>(
        string name, string token, IClusterCodec<T> codec, ClusterChanOptions? options, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        ClusterChanOptions settings = (options ?? new ClusterChanOptions()).Validated(Engine.Options);
        try
        {
            ChanCore core = await ChanCore.OpenAsync(this, name, token, settings, cancellationToken);
            return await TrackAsync(new ClusterChan<T>(core, codec));
        }
        catch (EngineTimeoutException exception)
        {
            throw new TimeoutException($"{Engine.Description} did not answer: {name} was not opened", exception);
        }
    }

    private void ThrowIfDisposed()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
        }
    }
}
