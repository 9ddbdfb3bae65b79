using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Goroutines.Runtime;

namespace Goroutines.Net;

/// <summary>Listens for connections, over TCP or a Unix domain socket (Go's <c>net.Listener</c>).</summary>
/// <remarks>
/// Safe for any number of goroutines, tasks and threads at once. What is accepted has <c>TCP_NODELAY</c> and keep-alive set, as
/// in Go. Disposing it refuses new connections; those accepted go on. The file of a Unix domain socket is removed then.
/// </remarks>
[DebuggerDisplay("Listener {LocalEndPoint,nq}")]
public sealed partial class Listener : IAsyncDisposable, IDisposable
{
    private readonly NetSocket _socket;
    private readonly EndPoint _local;

    private Listener(NetSocket socket)
    {
        _socket = socket;
        _local = socket.LocalEndPoint!;
    }

    /// <summary>Gets the address it listens on, with the port that the system chose for port 0; an object of the caller's own each time.</summary>
    public EndPoint LocalEndPoint => EndPoints.Copy(_local)!;

    /// <summary>Begins to listen (Go's <c>net.Listen</c>).</summary>
    /// <param name="address"><c>host:port</c>, where port 0 has the system choose one; <c>:port</c> for every address of the
    /// machine, over IPv4 and IPv6; <c>[v6]:port</c>; <c>unix:/path</c>, or <c>unix:@name</c> for an abstract one. A host name is
    /// resolved, which may block.</param>
    /// <returns>The listener. Dispose it to stop.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="address"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not such an address.</exception>
    /// <exception cref="IOException">The system refused (address in use, no permission); the <see cref="SocketException"/> is inside.</exception>
    public static Listener Listen(string address) => Listen(address, NetBackend.Default);

    /// <summary>Begins to listen, with options (Go's <c>net.ListenConfig</c>).</summary>
    /// <param name="address">As for <see cref="Listen(string)"/>.</param>
    /// <param name="options">How, and the options of what is accepted.</param>
    /// <returns>The listener. Dispose it to stop.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">As for <see cref="Listen(string)"/>.</exception>
    /// <exception cref="IOException">As for <see cref="Listen(string)"/>; also when the system refused an option.</exception>
    public static Listener Listen(string address, ListenerOptions options) => Listen(address, options, NetBackend.Default);

    /// <summary>Gets or sets when accepts fail, those that wait included; <see langword="null"/>: never (Go's <c>SetDeadline</c>). The clock is that of <see cref="Conn.ReadDeadline"/>.</summary>
    /// <remarks>An accept past it throws an <see cref="IOException"/> with a <see cref="TimeoutException"/> inside, and has taken no connection.</remarks>
    /// <exception cref="ObjectDisposedException">Set after the listener was disposed.</exception>
    public DateTimeOffset? Deadline
    {
        get => _socket.ReadDeadline;
        set => _socket.ReadDeadline = value;
    }

    internal static Listener Listen(string address, NetBackend backend) => Listen(address, ListenerOptions.Default, backend);

    internal static Listener Listen(string address, ListenerOptions options, NetBackend backend)
    {
        NetAddress parsed = NetAddress.Parse(address);
        ArgumentNullException.ThrowIfNull(options);
        Socket socket = Sockets.Bind(address, parsed, SocketType.Stream, options.ToBind());
        try
        {
            socket.Listen(options.Backlog);
            return new Listener(backend.Wrap(socket, nameof(Listener), options.ApplyTo));
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new IOException($"listen {address}: {exception.Message}", exception);
        }
    }

    /// <summary>Waits for the next connection.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The connection, which the caller disposes of. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; no connection was taken.</exception>
    /// <exception cref="ObjectDisposedException">The listener has been disposed, before or while it waited.</exception>
    /// <exception cref="IOException">The system refused; the <see cref="SocketException"/> inside says
    /// <see cref="SocketError.TooManyOpenSockets"/> when the process is at its limit of descriptors. The listener stays usable:
    /// wait a little and accept again, as serving does.</exception>
    public ValueTask<Conn> AcceptAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<NetSocket> accepted = _socket.AcceptAsync(cancellationToken);
        return accepted.IsCompletedSuccessfully ? new ValueTask<Conn>(new Conn(accepted.Result)) : Wrapped(accepted);

        static async ValueTask<Conn> Wrapped(ValueTask<NetSocket> accepted) => new Conn(await accepted);
    }

    /// <summary>Waits for the next connection. A goroutine with its own stack parks; any other caller blocks its thread.</summary>
    /// <returns>As for <see cref="AcceptAsync"/>.</returns>
    /// <exception cref="ObjectDisposedException">As for <see cref="AcceptAsync"/>.</exception>
    /// <exception cref="IOException">As for <see cref="AcceptAsync"/>.</exception>
    public Conn Accept() => new(ThreadWait.Wait(_socket.AcceptAsync(CancellationToken.None)));

    /// <summary>Stops listening. Waiting accepts fail with <see cref="ObjectDisposedException"/>. Further calls do nothing.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        EndServers();
    }

    /// <summary>Calls a function with the framework's socket, to get or set any option.</summary>
    /// <param name="action">The function. It must not keep the socket, dispose of it, or accept with it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception. What else the function throws leaves as it is.</exception>
    public void Control(Action<Socket> action) => _socket.Control(action);

    /// <inheritdoc cref="Dispose"/>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
}
