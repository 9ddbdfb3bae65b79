using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Goroutines.Scheduler;

namespace Goroutines.Net;

/// <summary>A connection, over TCP or a Unix domain socket, as a stream (Go's <c>net.Conn</c>).</summary>
/// <remarks>
/// <para>Safe for any number of goroutines, tasks and threads at once. Reads take turns with reads and writes with writes, each to
/// its end: the bytes of two writes are never mixed. It is a <see cref="Stream"/>, so readers, writers, pipes and
/// <see cref="System.Net.Security.SslStream"/> take it as it is.</para>
/// <para>Of a TCP connection, <c>TCP_NODELAY</c> and keep-alive (15 s) are set, as in Go.</para>
/// <para>The asynchronous forms are for goroutines with <see langword="async"/> bodies, and any other code. The synchronous ones park
/// a goroutine with a stack of its own; any other caller's thread they block, inside a goroutine as a blocking region.</para>
/// </remarks>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "Go's name, and the contract's.")]
[DebuggerDisplay("Conn {DebuggerDisplay,nq}")]
public sealed partial class Conn : Stream
{
    private readonly NetSocket _socket;

    internal Conn(NetSocket socket) => _socket = socket;

    /// <summary>This side's address.</summary>
    public EndPoint LocalEndPoint => _socket.LocalEndPoint ?? throw Unknown();

    /// <summary>The peer's address.</summary>
    public EndPoint RemoteEndPoint => _socket.RemoteEndPoint ?? throw Unknown();

    /// <summary>When reads fail, those that wait included; <see langword="null"/>: never (Go's <c>SetReadDeadline</c>). By the clock of the runtime.</summary>
    /// <remarks>A read past it throws an <see cref="IOException"/> with a <see cref="TimeoutException"/> inside, and has taken
    /// nothing. A later deadline makes the connection readable again.</remarks>
    /// <exception cref="ObjectDisposedException">Set after the connection was disposed.</exception>
    public DateTimeOffset? ReadDeadline
    {
        get => _socket.ReadDeadline;
        set => _socket.ReadDeadline = value;
    }

    /// <summary>When writes fail, those that wait included; <see langword="null"/>: never (Go's <c>SetWriteDeadline</c>). By the clock of the runtime.</summary>
    /// <remarks>A write past it throws an <see cref="IOException"/> with a <see cref="TimeoutException"/> inside; part of it may
    /// have been sent.</remarks>
    /// <exception cref="ObjectDisposedException">Set after the connection was disposed.</exception>
    public DateTimeOffset? WriteDeadline
    {
        get => _socket.WriteDeadline;
        set => _socket.WriteDeadline = value;
    }

    private string DebuggerDisplay => $"{_socket.LocalEndPoint} -> {_socket.RemoteEndPoint}";

    /// <summary>Connects (Go's <c>net.Dial</c>).</summary>
    /// <param name="address"><c>host:port</c>, <c>[v6]:port</c>, <c>:port</c> for this machine, <c>unix:/path</c>, or <c>unix:@name</c>
    /// for an abstract one. The addresses of a name are tried as RFC 8305 says: the other family joins in after 300 ms.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The connection, which the caller disposes of. Await it once.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="address"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not such an address.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; nothing is left of the attempt.</exception>
    /// <exception cref="IOException">There was no connection: refused, unreachable, no such name. The <see cref="SocketException"/> is inside.</exception>
    public static ValueTask<Conn> DialAsync(string address, CancellationToken cancellationToken = default)
        => DialAsync(address, NetBackend.Default, cancellationToken);

    /// <summary>Connects: a goroutine with a stack of its own parks, any other caller's thread blocks.</summary>
    /// <param name="address">As for <see cref="DialAsync(string, CancellationToken)"/>.</param>
    /// <returns>As for <see cref="DialAsync(string, CancellationToken)"/>.</returns>
    /// <exception cref="ArgumentNullException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    /// <exception cref="ArgumentException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    public static Conn Dial(string address) => Dial(address, NetBackend.Default);

    internal static Conn Dial(string address, NetBackend backend) => ThreadWait.Wait(DialAsync(address, backend, CancellationToken.None));

    internal static ValueTask<Conn> DialAsync(string address, NetBackend backend, CancellationToken cancellationToken)
        => DialAsync(address, NetAddress.Parse(address), backend, cancellationToken); // a wrong address fails at once

    private static async ValueTask<Conn> DialAsync(string text, NetAddress address, NetBackend backend, CancellationToken cancellationToken)
    {
        EndPoint[] addresses;
        try
        {
            addresses = await address.ToRemoteAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw new IOException($"dial {text}: {exception.Message}", exception);
        }

        if (addresses.Length == 0)
        {
            throw new IOException($"dial {text}: the name has no address", new SocketException((int)SocketError.NoData));
        }

        return new Conn(await Dialer.DialAsync(backend, addresses, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Shuts the reading side (Go's <c>CloseRead</c>): reads end, those that wait included.</summary>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    /// <exception cref="IOException">The system refused; the <see cref="SocketException"/> is inside.</exception>
    public void CloseRead() => _socket.Shutdown(SocketShutdown.Receive);

    /// <summary>Shuts the writing side (Go's <c>CloseWrite</c>): the peer reads to the end of what was written. Writes fail from then on.</summary>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    /// <exception cref="IOException">The system refused; the <see cref="SocketException"/> is inside.</exception>
    public void CloseWrite() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes the connection. Operations that wait fail with <see cref="ObjectDisposedException"/>. Further calls do nothing.</summary>
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
