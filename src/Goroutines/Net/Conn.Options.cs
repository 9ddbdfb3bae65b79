using System.Net.Sockets;

namespace Goroutines.Net;

/// <summary>Options of the connection's socket.</summary>
public sealed partial class Conn
{
    /// <summary>Gets or sets whether small packets are sent at once (<c>TCP_NODELAY</c>).</summary>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    /// <exception cref="NotSupportedException">It is in memory, and has no socket.</exception>
    public bool NoDelay
    {
        get => _socket.Option("get", static (socket, _) => socket.NoDelay, false);
        set => _socket.Option("set", static (socket, value) => socket.NoDelay = value, value);
    }

    /// <summary>
    /// What <see cref="Stream.Dispose()"/> does with bytes that have not been sent yet (<c>SO_LINGER</c>, Go's <c>SetLinger</c>). Disabled (the default): the
    /// system sends them later. Enabled with a time of 0: it drops them, and resets the connection.
    /// </summary>
    /// <exception cref="ArgumentNullException">Set to <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    /// <exception cref="NotSupportedException">It is in memory, and has no socket.</exception>
    public LingerOption LingerState
    {
        get => _socket.Option("get", static (socket, _) => socket.LingerState!, false);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _socket.Option("set", static (socket, value) => socket.LingerState = value, value);
        }
    }

    /// <summary>Gets or sets the size of the system's buffer for what is sent, in bytes. Linux doubles what is set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    /// <exception cref="NotSupportedException">It is in memory, and has no socket.</exception>
    public int SendBufferSize
    {
        get => _socket.Option("get", static (socket, _) => socket.SendBufferSize, false);
        set => _socket.Option("set", static (socket, value) => socket.SendBufferSize = value, value);
    }

    /// <summary>Gets or sets the size of the system's buffer for what is received, in bytes. Linux doubles what is set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    /// <exception cref="NotSupportedException">It is in memory, and has no socket.</exception>
    public int ReceiveBufferSize
    {
        get => _socket.Option("get", static (socket, _) => socket.ReceiveBufferSize, false);
        set => _socket.Option("set", static (socket, value) => socket.ReceiveBufferSize = value, value);
    }

    /// <summary>Sets after how much silence, and then at which interval, the system asks whether the peer is still there (Go's <c>SetKeepAlivePeriod</c>).</summary>
    /// <param name="period">Whole seconds; a fraction counts as one more. <see cref="Timeout.InfiniteTimeSpan"/>: never.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is zero, or negative and not infinite.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    /// <exception cref="NotSupportedException">It is in memory, and has no socket.</exception>
    public void SetKeepAlive(TimeSpan period) => _socket.Option("set", static (socket, period) =>
    {
        ConnDefaults.SetKeepAlive(socket, period);
        return true;
    }, ConnDefaults.CheckedKeepAlive(period));

    /// <summary>Calls a function with the framework's socket, to get or set any other option (Go's <c>SyscallConn().Control</c>).</summary>
    /// <param name="action">The function. It must not keep the socket, dispose of it, or send or receive with it.</param>
    /// <remarks>The connection is not closed before the function returns.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception. What else the function throws leaves as it is.</exception>
    /// <exception cref="NotSupportedException">It is in memory, and has no socket.</exception>
    public void Control(Action<Socket> action) => _socket.Control(action);
}
