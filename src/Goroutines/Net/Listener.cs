using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Goroutines.Scheduler;

namespace Goroutines.Net;

/// <summary>Listens for connections, over TCP or a Unix domain socket (Go's <c>net.Listener</c>).</summary>
/// <remarks>
/// Safe for any number of goroutines, tasks and threads at once. What is accepted has <c>TCP_NODELAY</c> and keep-alive set, as
/// in Go. Disposing it refuses new connections; those accepted go on. The file of a Unix domain socket is removed then.
/// </remarks>
[DebuggerDisplay("Listener {LocalEndPoint,nq}")]
public sealed partial class Listener : IAsyncDisposable, IDisposable
{
    /// <summary>The longest queue of connections not yet accepted; the system lowers it to its own limit, as Go does.</summary>
    private const int Backlog = 65_535;

    private readonly NetBackend _backend;
    private readonly NetSocket _socket;
    private readonly EndPoint _local;

    private Listener(NetBackend backend, NetSocket socket)
    {
        _backend = backend;
        _socket = socket;
        _local = socket.LocalEndPoint!;
    }

    /// <summary>The address it listens on, with the port that the system chose for port 0; an object of the caller's own each time.</summary>
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

    internal static Listener Listen(string address, NetBackend backend)
    {
        Socket socket = Sockets.Bind(address, NetAddress.Parse(address), SocketType.Stream);
        try
        {
            socket.Listen(Backlog);
            ConnDefaults.Apply(socket, noDelay: true, ConnDefaults.KeepAlive); // what is accepted inherits it
            return new Listener(backend, backend.Wrap(socket, nameof(Listener), static accepted => ConnDefaults.Apply(accepted, noDelay: true, ConnDefaults.KeepAlive)));
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new IOException($"listen {address}: {exception.Message}", exception);
        }
    }

    /// <summary>Waits for the next connection.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The connection, which the caller disposes of. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; no connection was taken.</exception>
    /// <exception cref="ObjectDisposedException">The listener has been disposed, before or while it waited.</exception>
    /// <exception cref="IOException">The system refused; the <see cref="SocketException"/> inside says
    /// <see cref="SocketError.TooManyOpenSockets"/> when the process is at its limit of descriptors. The listener stays usable:
    /// wait a little and accept again, as <see cref="ServeAsync"/> does.</exception>
    public ValueTask<Conn> AcceptAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<NetSocket> accepted = _socket.AcceptAsync(cancellationToken);
        return accepted.IsCompletedSuccessfully ? new ValueTask<Conn>(new Conn(accepted.Result)) : Wrapped(accepted);

        static async ValueTask<Conn> Wrapped(ValueTask<NetSocket> accepted) => new Conn(await accepted);
    }

    /// <summary>Waits for the next connection: a goroutine with a stack of its own parks, any other caller's thread blocks.</summary>
    /// <returns>As for <see cref="AcceptAsync"/>.</returns>
    /// <exception cref="ObjectDisposedException">As for <see cref="AcceptAsync"/>.</exception>
    /// <exception cref="IOException">As for <see cref="AcceptAsync"/>.</exception>
    public Conn Accept() => new(ThreadWait.Wait(_socket.AcceptAsync(CancellationToken.None)));

    /// <summary>Stops listening. Waiting accepts fail with <see cref="ObjectDisposedException"/>. Further calls do nothing.</summary>
    public void Dispose() => _socket.Dispose();

    /// <inheritdoc cref="Dispose"/>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
}
