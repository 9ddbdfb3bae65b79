using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Goroutines.Net;

/// <summary>A connection, over TCP or a Unix domain socket, as a stream (Go's <c>net.Conn</c>).</summary>
/// <remarks>
/// <para>Any number of goroutines, tasks and threads may use a connection at the same time. Reads are serialized with reads and writes
/// with writes, so the bytes of two writes are never mixed. A connection is a <see cref="Stream"/>: readers, writers, pipes and
/// <see cref="System.Net.Security.SslStream"/> accept it directly.</para>
/// <para>On a TCP connection, <c>TCP_NODELAY</c> and keep-alive (15 s) are set, as in Go.</para>
/// <para>The asynchronous methods are for goroutines with <see langword="async"/> bodies and for any other code. The synchronous methods
/// park a goroutine with its own stack. They block the thread of any other caller; in a goroutine, as a blocking region.</para>
/// </remarks>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "Go's name, and the contract's.")]
[DebuggerDisplay("Conn {DebuggerDisplay,nq}")]
public sealed partial class Conn : Stream
{
    private static readonly Dialer s_dialer = new();

    private readonly NetSocket _socket;

    internal Conn(NetSocket socket) => _socket = socket;

    /// <summary>Gets the local address; each call returns a new object.</summary>
    /// <exception cref="InvalidOperationException">The connection was broken before anything asked for the address, and the system no longer knows it.</exception>
    public EndPoint LocalEndPoint => EndPoints.Copy(_socket.LocalEndPoint) ?? throw Unknown();

    /// <summary>Gets the peer's address; each call returns a new object.</summary>
    /// <exception cref="InvalidOperationException">As for <see cref="LocalEndPoint"/>.</exception>
    public EndPoint RemoteEndPoint => EndPoints.Copy(_socket.RemoteEndPoint) ?? throw Unknown();

    /// <summary>Gets or sets the time after which reads fail, including waiting ones; <see langword="null"/> for no deadline (Go's <c>SetReadDeadline</c>).</summary>
    /// <remarks>The clock is that of the runtime that sets the deadline: the calling goroutine's runtime or, outside of goroutines, the
    /// process-wide one. Changing the wall clock later does not move the deadline. A read past the deadline throws an <see cref="IOException"/> whose inner exception is a
    /// <see cref="TimeoutException"/>, and consumes nothing. A later deadline makes the connection readable again.</remarks>
    /// <exception cref="ObjectDisposedException">Set after the connection was disposed.</exception>
    public DateTimeOffset? ReadDeadline
    {
        get => _socket.ReadDeadline;
        set => _socket.ReadDeadline = value;
    }

    /// <summary>Gets or sets the time after which writes fail, including waiting ones; <see langword="null"/> for no deadline (Go's <c>SetWriteDeadline</c>).</summary>
    /// <remarks>The clock is that of <see cref="ReadDeadline"/>. A write past the deadline throws an <see cref="IOException"/> whose inner exception is a
    /// <see cref="TimeoutException"/>; part of the
    /// bytes may have been sent.</remarks>
    /// <exception cref="ObjectDisposedException">Set after the connection was disposed.</exception>
    public DateTimeOffset? WriteDeadline
    {
        get => _socket.WriteDeadline;
        set => _socket.WriteDeadline = value;
    }

    /// <summary>Sets <see cref="ReadDeadline"/> and <see cref="WriteDeadline"/> to the same time (Go's <c>SetDeadline</c>).</summary>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    [SuppressMessage("Design", "CA1044:Properties should not be write only", Justification = "The two directions may have deadlines that differ.")]
    public DateTimeOffset? Deadline
    {
        set
        {
            _socket.ReadDeadline = value;
            _socket.WriteDeadline = value;
        }
    }

    internal NetSocket Socket => _socket;

    private string DebuggerDisplay => $"{_socket.LocalEndPoint} -> {_socket.RemoteEndPoint}";

    /// <summary>Connects (Go's <c>net.Dial</c>).</summary>
    /// <param name="address"><c>host:port</c>, <c>[v6]:port</c>, <c>:port</c> for this machine, <c>unix:/path</c>, or <c>unix:@name</c>
    /// for an abstract one. The addresses of a name are tried as in RFC 8305: those of the other family are also tried after 300 ms.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns>The connection. The caller has to dispose it. Await the task once.</returns>
    /// <remarks>The dial needs no thread of the framework's pool, not even to resolve a name or outside of goroutines. See <see cref="Dialer"/>
    /// for a time-out and other options.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="address"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not a valid address.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; nothing is left of the attempt.</exception>
    /// <exception cref="IOException">The connection could not be made: it was refused, or the address is unreachable, or the name does not exist. The
    /// <see cref="SocketException"/> is the inner exception.</exception>
    public static ValueTask<Conn> DialAsync(string address, CancellationToken cancellationToken = default)
        => s_dialer.DialAsync(address, cancellationToken);

    /// <summary>Connects, and divides the time until the context's deadline among the addresses of a name (Go's <c>Dialer.DialContext</c>).</summary>
    /// <param name="address">As for <see cref="DialAsync(string, CancellationToken)"/>.</param>
    /// <param name="context">Cancels the attempt when it ends; <see langword="null"/> for none.</param>
    /// <returns>As for <see cref="DialAsync(string, CancellationToken)"/>.</returns>
    /// <exception cref="ArgumentNullException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    /// <exception cref="ArgumentException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="context"/> ended first, by cancellation or by its deadline; nothing is left of the attempt.</exception>
    /// <exception cref="IOException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    public static ValueTask<Conn> DialAsync(string address, GoContext? context) => s_dialer.DialAsync(address, context);

    /// <summary>Connects, with options.</summary>
    /// <param name="address">As for <see cref="DialAsync(string, CancellationToken)"/>.</param>
    /// <param name="options">The options.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns>As for <see cref="DialAsync(string, CancellationToken)"/>.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    /// <exception cref="OperationCanceledException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">As for <see cref="DialAsync(string, CancellationToken)"/>; also past the <see cref="DialOptions.Timeout"/> (inner
    /// exception: <see cref="TimeoutException"/>).</exception>
    public static ValueTask<Conn> DialAsync(string address, DialOptions options, CancellationToken cancellationToken = default)
        => new Dialer(DialOptions.Checked(options), null).DialAsync(address, cancellationToken);

    /// <summary>Connects. A goroutine with its own stack parks; any other caller blocks its thread.</summary>
    /// <param name="address">As for <see cref="DialAsync(string, CancellationToken)"/>.</param>
    /// <returns>As for <see cref="DialAsync(string, CancellationToken)"/>.</returns>
    /// <exception cref="ArgumentNullException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    /// <exception cref="ArgumentException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    public static Conn Dial(string address) => s_dialer.Dial(address);

    /// <summary>Connects, with options. A goroutine with its own stack parks; any other caller blocks its thread.</summary>
    /// <param name="address">As for <see cref="DialAsync(string, CancellationToken)"/>.</param>
    /// <param name="options">The options.</param>
    /// <returns>As for <see cref="DialAsync(string, CancellationToken)"/>.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">As for <see cref="DialAsync(string, DialOptions, CancellationToken)"/>.</exception>
    public static Conn Dial(string address, DialOptions options) => new Dialer(DialOptions.Checked(options), null).Dial(address);

    internal static Conn Dial(string address, NetBackend backend) => new Dialer(DialOptions.Default, backend).Dial(address);

    internal static ValueTask<Conn> DialAsync(string address, NetBackend backend, CancellationToken cancellationToken)
        => new Dialer(DialOptions.Default, backend).DialAsync(address, cancellationToken);

    /// <summary>Creates a connection in memory (Go's <c>net.Pipe</c>), between goroutines, tasks and threads of this process. It is meant mainly for tests.</summary>
    /// <returns>The two ends of the connection. Dispose both.</returns>
    /// <remarks>
    /// <para>There is no buffer: a write waits until one or several reads at the other end have taken all of its bytes. An empty write
    /// does not wait. Deadlines, cancellation and half-close work as for every <see cref="Conn"/>. When one end is disposed, or shut in
    /// one direction, reads at the other end return 0 and writes fail (<see cref="SocketError.Shutdown"/>).</para>
    /// <para>Nothing outside the process takes part. Goroutines that wait for a pipe are therefore durably blocked in virtual time
    /// (<c>GoTest.Run</c>), its operations are steps of explored schedules (<c>GoTest.Explore</c>), and a program in which every
    /// goroutine waits for a pipe is reported as deadlocked.</para>
    /// </remarks>
    public static (Conn First, Conn Second) Pipe()
    {
        Net.Pipe.PipeHalf there = new();
        Net.Pipe.PipeHalf back = new();
        return (new Conn(new Net.Pipe.PipeSocket(there, back)), new Conn(new Net.Pipe.PipeSocket(back, there)));
    }

    /// <summary>Shuts down the reading side (Go's <c>CloseRead</c>): reads end, including waiting ones.</summary>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    public void CloseRead() => _socket.Shutdown(SocketShutdown.Receive);

    /// <summary>Shuts down the writing side (Go's <c>CloseWrite</c>): the peer can read all bytes that were written, and then reads the end. Later writes fail.</summary>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    public void CloseWrite() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes the connection. Waiting operations fail with <see cref="ObjectDisposedException"/>. Further calls do nothing.</summary>
    /// <param name="disposing">Always true: there is no finalizer here.</param>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _socket.Dispose();
        }

        base.Dispose(disposing);
    }

    private static InvalidOperationException Unknown() => new("The address can't be told: the connection is no longer connected.");
}
