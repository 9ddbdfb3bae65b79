using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Goroutines.Runtime;

namespace Goroutines.Net;

/// <summary>The implementation behind a public type: a socket of one of the two backends, or an end of an in-memory connection.</summary>
/// <remarks>
/// Operations in one direction are performed one after another. They fail with what the public types promise:
/// <see cref="ObjectDisposedException"/>, <see cref="OperationCanceledException"/>, or an <see cref="IOException"/> that holds
/// a <see cref="TimeoutException"/> or a <see cref="SocketException"/>.
/// </remarks>
internal abstract class NetSocket : IDisposable, IWaitable
{
    /// <summary>The name of the public type that it belongs to, for messages.</summary>
    internal string Owner { get; init; } = nameof(Conn);

    internal abstract bool IsDisposed { get; }

    /// <summary>Its own address; null if that is no longer known.</summary>
    internal abstract EndPoint? LocalEndPoint { get; }

    /// <summary>The peer's address; null if it has no peer.</summary>
    internal abstract EndPoint? RemoteEndPoint { get; }

    WaitableState IWaitable.Inspect() => new("socket", Owner) { EndsByItself = true };

    /// <summary>Sets the options of an accepted connection that does not inherit them.</summary>
    internal Action<Socket>? OnAccepted { get; init; }

    /// <summary>Calls the framework's socket for something that does not wait, usually an option.</summary>
    /// <exception cref="SocketException">The system refused.</exception>
    /// <exception cref="ObjectDisposedException">The socket has been disposed.</exception>
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

    /// <summary>Gets or sets any other option.</summary>
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

    /// <summary>Receives the bytes there are, at least one; 0 at the end. With an empty buffer, waits until there are any.</summary>
    internal abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    internal abstract int Receive(Span<byte> buffer);

    /// <summary>Sends all of the buffer.</summary>
    internal abstract ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken);

    internal abstract void Send(ReadOnlySpan<byte> buffer);

    /// <summary>Sends all of several buffers, in order, with nothing from another sender in between.</summary>
    internal abstract ValueTask SendGatheredAsync(ReadOnlyMemory<byte>[] buffers, CancellationToken cancellationToken);

    internal abstract ValueTask<(int Count, EndPoint From)> ReceiveFromAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    internal abstract ValueTask<int> SendToAsync(ReadOnlyMemory<byte> buffer, EndPoint to, CancellationToken cancellationToken);

    /// <summary>Receives a datagram, and stores its sender's address in <paramref name="from"/> unless that is null.</summary>
    internal abstract ValueTask<int> ReceivePacketAsync(Memory<byte> buffer, SocketAddress? from, CancellationToken cancellationToken);

    /// <summary>Sends a datagram to <paramref name="to"/>, or to the peer if that is null.</summary>
    internal abstract ValueTask<int> SendPacketAsync(ReadOnlyMemory<byte> buffer, SocketAddress? to, CancellationToken cancellationToken);

    internal abstract DateTimeOffset? ReadDeadline { get; set; }

    internal abstract DateTimeOffset? WriteDeadline { get; set; }

    internal abstract void Shutdown(SocketShutdown how);

    public abstract void Dispose();

    /// <summary>
    /// Takes over closing a framework socket. The framework's finalizer resets a connection that was dropped without being closed, and
    /// the bytes sent last may be lost. Ours closes the connection, as Go's does.
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

    /// <summary>Describes the operation as Go's net.OpError does: "read tcp 127.0.0.1:5000->127.0.0.1:80".</summary>
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
