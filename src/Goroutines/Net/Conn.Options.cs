using System.Net.Sockets;

namespace Goroutines.Net;

/// <summary>Options of the connection's socket.</summary>
public sealed partial class Conn
{
    /// <summary>Gets or sets whether small packets are sent at once (<c>TCP_NODELAY</c>).</summary>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    /// <exception cref="NotSupportedException">The connection is in memory, and has no socket.</exception>
    public bool NoDelay
    {
        get => _socket.Option("get", static (socket, _) => socket.NoDelay, false);
        set => _socket.Option("set", static (socket, value) => socket.NoDelay = value, value);
    }

    /// <summary>
    /// Gets or sets what <see cref="Stream.Dispose()"/> does with bytes that have not been sent yet (<c>SO_LINGER</c>, Go's <c>SetLinger</c>). If it is disabled
    /// (the default), the system sends them later. If it is enabled with a time of 0, the system drops them and resets the connection.
    /// </summary>
    /// <exception cref="ArgumentNullException">Set to <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    /// <exception cref="NotSupportedException">The connection is in memory, and has no socket.</exception>
    public LingerOption LingerState
    {
        get => _socket.Option("get", static (socket, _) => socket.LingerState!, false);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _socket.Option("set", static (socket, value) => socket.LingerState = value, value);
        }
    }

    /// <summary>Gets or sets the size of the system's send buffer, in bytes. Linux doubles the value that is set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    /// <exception cref="NotSupportedException">The connection is in memory, and has no socket.</exception>
    public int SendBufferSize
    {
        get => _socket.Option("get", static (socket, _) => socket.SendBufferSize, false);
        set => _socket.Option("set", static (socket, value) => socket.SendBufferSize = value, value);
    }

    /// <summary>Gets or sets the size of the system's receive buffer, in bytes. Linux doubles the value that is set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    /// <exception cref="NotSupportedException">The connection is in memory, and has no socket.</exception>
    public int ReceiveBufferSize
    {
        get => _socket.Option("get", static (socket, _) => socket.ReceiveBufferSize, false);
        set => _socket.Option("set", static (socket, value) => socket.ReceiveBufferSize = value, value);
    }

    /// <summary>Sets the idle time after which, and then the interval at which, the system probes whether the peer is still there (Go's
    /// <c>SetKeepAlivePeriod</c>).</summary>
    /// <param name="period">The time, rounded up to whole seconds. <see cref="Timeout.InfiniteTimeSpan"/> turns the probes off.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is zero, or negative and not infinite.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    /// <exception cref="NotSupportedException">The connection is in memory, and has no socket.</exception>
    public void SetKeepAlive(TimeSpan period) => _socket.Option("set", static (socket, period) =>
    {
        ConnDefaults.SetKeepAlive(socket, period);
        return true;
    }, ConnDefaults.CheckedKeepAlive(period));

    /// <summary>Calls a function with the framework's socket, to get or set any other option (Go's <c>SyscallConn().Control</c>).</summary>
    /// <param name="action">The function. It must not keep or dispose the socket, or send or receive with it.</param>
    /// <remarks>The connection is not closed before the function returns.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception. Other exceptions of the function
    /// pass through unchanged.</exception>
    /// <exception cref="NotSupportedException">The connection is in memory, and has no socket.</exception>
    public void Control(Action<Socket> action) => _socket.Control(action);
}
