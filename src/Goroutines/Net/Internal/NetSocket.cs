using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Goroutines.Runtime;

namespace Goroutines.Net;

/// <summary>A socket of one of the two backends: what the public types are made of.</summary>
/// <remarks>
/// Operations of one direction are carried out one after the other. They fail with what the public types promise:
/// <see cref="ObjectDisposedException"/>, <see cref="OperationCanceledException"/>, or an <see cref="IOException"/> that holds
/// a <see cref="TimeoutException"/> or a <see cref="SocketException"/>.
/// </remarks>
internal abstract class NetSocket : IDisposable, IWaitable
{
    /// <summary>The public type it belongs to, for messages.</summary>
    internal string Owner { get; init; } = nameof(Conn);

    internal abstract bool IsDisposed { get; }

    /// <summary>Its own address; null when it can't be told any more.</summary>
    internal abstract EndPoint? LocalEndPoint { get; }

    /// <summary>The peer's address; null for those that have no peer.</summary>
    internal abstract EndPoint? RemoteEndPoint { get; }

    WaitableState IWaitable.Inspect() => new("socket", Owner) { EndsByItself = true };

    /// <summary>Sets the options of each connection that is accepted, where it does not inherit them.</summary>
    internal Action<Socket>? OnAccepted { get; init; }

    /// <summary>Has the framework's socket do something that does not wait: an option, as a rule.</summary>
    /// <exception cref="SocketException">The system refused.</exception>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    /// <exception cref="NotSupportedException">There is no socket behind it.</exception>
    internal abstract T Use<T>(Func<Socket, T> action);

    /// <inheritdoc cref="Use{T}(Func{Socket, T})"/>
    internal void Use(Action<Socket> action) => Use(socket =>
    {
        action(socket);
        return true;
    });

    /// <summary>Gets or sets an option.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    internal TResult Option<TState, TResult>(string verb, Func<Socket, TState, TResult> action, TState state)
    {
        try
        {
            return Use(socket => action(socket, state));
        }
        catch (SocketException exception)
        {
            throw Failed(verb, exception);
        }
    }

    /// <summary>Any other option.</summary>
    internal void Control(Action<Socket> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Option("control", static (socket, action) =>
        {
            action(socket);
            return true;
        }, action);
    }

    internal abstract ValueTask ConnectAsync(EndPoint remote, CancellationToken cancellationToken);

    internal abstract ValueTask<NetSocket> AcceptAsync(CancellationToken cancellationToken);

    /// <summary>Receives what there is, at least a byte; 0 at the end. Into an empty buffer: waits until there is something.</summary>
    internal abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    internal abstract int Receive(Span<byte> buffer);

    /// <summary>Sends all of the buffer.</summary>
    internal abstract ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken);

    internal abstract void Send(ReadOnlySpan<byte> buffer);

    /// <summary>Sends all of several buffers, in order, with nothing of another sender's between them.</summary>
    internal abstract ValueTask SendGatheredAsync(ReadOnlyMemory<byte>[] buffers, CancellationToken cancellationToken);

    internal abstract ValueTask<(int Count, EndPoint From)> ReceiveFromAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    internal abstract ValueTask<int> SendToAsync(ReadOnlyMemory<byte> buffer, EndPoint to, CancellationToken cancellationToken);

    /// <summary>Receives a datagram; its sender's address goes into <paramref name="from"/>, if that is not null.</summary>
    internal abstract ValueTask<int> ReceivePacketAsync(Memory<byte> buffer, SocketAddress? from, CancellationToken cancellationToken);

    /// <summary>Sends a datagram; to the peer, if <paramref name="to"/> is null.</summary>
    internal abstract ValueTask<int> SendPacketAsync(ReadOnlyMemory<byte> buffer, SocketAddress? to, CancellationToken cancellationToken);

    internal abstract DateTimeOffset? ReadDeadline { get; set; }

    internal abstract DateTimeOffset? WriteDeadline { get; set; }

    internal abstract void Shutdown(SocketShutdown how);

    public abstract void Dispose();

    /// <summary>
    /// Takes over the closing of a socket of the framework's. Its own finalizer resets a connection that was dropped without being
    /// closed, and what was sent last may be lost; ours closes it, as Go's does.
    /// </summary>
    [SuppressMessage("Usage", "CA1816:Dispose methods should call SuppressFinalize", Justification = "The finalizer of its owner takes its place.")]
    private protected static Socket Adopt(Socket socket)
    {
        GC.SuppressFinalize(socket);
        return socket;
    }

    internal IOException Failed(string operation, Exception cause)
        => new($"{Describe(operation)}: {cause.Message}", cause);

    internal IOException Failed(string operation, SocketError error) => Failed(operation, new SocketException((int)error));

    internal IOException TimedOut(string operation)
        => Failed(operation, new TimeoutException("i/o timeout: the deadline has passed."));

    internal ObjectDisposedException Disposed() => new(Owner, $"The {Owner} has been disposed.");

    /// <summary>As Go's net.OpError puts it: "read tcp 127.0.0.1:5000->127.0.0.1:80".</summary>
    private string Describe(string operation)
    {
        EndPoint? local = LocalEndPoint;
        EndPoint? remote = RemoteEndPoint;
        if (local is Pipe.PipeEndPoint)
        {
            return $"{operation} pipe";
        }

        string addresses = local is not null && remote is not null ? $" {local}->{remote}"
            : local is not null || remote is not null ? $" {local ?? remote}" : "";
        string network = (local ?? remote) is UnixDomainSocketEndPoint ? (Owner == nameof(PacketConn) ? "unixgram" : "unix") : Owner == nameof(PacketConn) ? "udp" : "tcp";
        return $"{operation} {network}{addresses}";
    }
}
