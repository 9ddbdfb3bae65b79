using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Goroutines.Runtime;

namespace Goroutines.Net;

/// <summary>Listens for connections, over TCP or a Unix domain socket (Go's <c>net.Listener</c>).</summary>
/// <remarks>
/// Any number of goroutines, tasks and threads may use a listener at the same time. Accepted connections have <c>TCP_NODELAY</c> and
/// keep-alive set, as in Go. After disposal, new connections are refused; accepted ones stay open. Disposal also removes the file of a
/// Unix domain socket.
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

    /// <summary>Gets the address that the listener is bound to, with the port that the system chose for port 0; each call returns a new object.</summary>
    public EndPoint LocalEndPoint => EndPoints.Copy(_local)!;

    /// <summary>Begins to listen (Go's <c>net.Listen</c>).</summary>
    /// <param name="address"><c>host:port</c>, where the system chooses a port for port 0; <c>:port</c> for every address of the
    /// machine, over IPv4 and IPv6; <c>[v6]:port</c>; <c>unix:/path</c>, or <c>unix:@name</c> for an abstract one. A host name is
    /// resolved, which may block.</param>
    /// <returns>The listener. Dispose it to stop.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="address"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not a valid address.</exception>
    /// <exception cref="IOException">The system reported an error, such as address in use or no permission; the <see cref="SocketException"/> is the inner
    /// exception.</exception>
    public static Listener Listen(string address) => Listen(address, NetBackend.Default);

    /// <summary>Begins to listen, with options (Go's <c>net.ListenConfig</c>).</summary>
    /// <param name="address">As for <see cref="Listen(string)"/>.</param>
    /// <param name="options">The options of the listener and of accepted connections.</param>
    /// <returns>The listener. Dispose it to stop.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">As for <see cref="Listen(string)"/>.</exception>
    /// <exception cref="IOException">As for <see cref="Listen(string)"/>; also when the system refused an option.</exception>
    public static Listener Listen(string address, ListenerOptions options) => Listen(address, options, NetBackend.Default);

    /// <summary>Gets or sets the time after which accepts fail, including waiting ones; <see langword="null"/> for no deadline (Go's <c>SetDeadline</c>). The
    /// clock is that of <see cref="Conn.ReadDeadline"/>.</summary>
    /// <remarks>An accept past the deadline throws an <see cref="IOException"/> whose inner exception is a <see cref="TimeoutException"/>, and takes no
    /// connection.</remarks>
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
            options.OnBound?.Invoke();
            socket.Listen(options.Backlog);
            return new Listener(backend.Wrap(socket, nameof(Listener), options.ApplyTo));
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new IOException($"listen {address}: {exception.Message}", exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the next connection.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The connection. The caller has to dispose it. Await the task once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; no connection was taken.</exception>
    /// <exception cref="ObjectDisposedException">The listener was disposed before or during the wait.</exception>
    /// <exception cref="IOException">The system reported an error. The inner <see cref="SocketException"/> has
    /// <see cref="SocketError.TooManyOpenSockets"/> if the process is at its limit of descriptors. The listener stays usable:
    /// wait a little and accept again, as <c>ServeAsync</c> does.</exception>
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
    /// <param name="action">The function. It must not keep or dispose the socket, or accept with it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The object has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception. Other exceptions of the function
    /// pass through unchanged.</exception>
    public void Control(Action<Socket> action) => _socket.Control(action);

    /// <inheritdoc cref="Dispose"/>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
}
