using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Goroutines.Platform;

namespace Goroutines.Net.Epoll;

/// <summary>Finds out whether a receive that filled its buffer has emptied the socket.</summary>
/// <remarks>
/// <para>
/// A protocol with messages of a known length asks for exactly what comes, so each receive fills its buffer, and without more knowledge the next
/// receive would be a call that finds nothing. Linux says with a receive how many bytes are left in the socket (TCP_INQ), if it is asked to. That call
/// is a little more expensive. So a receive asks only if the one before it filled its buffer, and the option is set at the first such receive.
/// </para>
/// <para>
/// The system counts after it has copied the bytes. What comes later is an edge of its own, of which the poller brings news. The end of the
/// stream counts as a byte that is left.
/// </para>
/// <para>
/// Rejected: a second buffer behind the caller's, which needs no option, but whose bytes each later receive, copy and peek would have to
/// look for first.
/// </para>
/// <para>By the thread that has the turn to receive.</para>
/// </remarks>
/// <param name="family">The socket's address family. Only TCP sockets can tell.</param>
internal struct ExactFill(AddressFamily family)
{
    private const int Unknown = -1;

    /// <summary>Whether the system may know the option.</summary>
    private bool _canTell = family is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;
    private bool _isSet;

    /// <summary>The number of bytes that the last receive has left, or <see cref="Unknown"/>.</summary>
    private int _left = Unknown;

    /// <summary>Whether to receive with <see cref="Receive"/>.</summary>
    internal bool AsksForRest { get; private set; }

    /// <summary>Receives, and notes how many bytes are left.</summary>
    /// <returns>As recv: the number of bytes, or -1 with an error number.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    internal unsafe nint Receive(SafeHandle socket, byte* pointer, int length)
    {
        Libc.Vector vector = new() { Start = pointer, Length = length };
        Libc.ControlMessage control = default;
        Libc.Message message = new() { Vectors = &vector, VectorCount = 1, Control = &control, ControlLength = sizeof(Libc.ControlMessage) };
        nint received = Libc.ReceiveMessage(socket, &message, Libc.DontWait);
        bool told = received > 0 && message.ControlLength >= sizeof(nint) + (3 * sizeof(int)) && control is { Level: Libc.TcpLevel, Type: Libc.LeftOption };
        _left = told ? control.Value : Unknown;
        return received;
    }

    /// <summary>Returns whether the receive that has just succeeded has emptied the socket, as far as its result tells.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="received">The number of bytes received, at least 1.</param>
    /// <param name="length">The number of bytes asked for.</param>
    internal bool HasEmptied(SafeHandle socket, int received, int length)
    {
        if (received < length)
        {
            AsksForRest = false;
            return true;
        }

        bool emptied = AsksForRest && _left == 0;
        AsksForRest = _canTell && (_isSet || TrySet(socket));
        return emptied;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe bool TrySet(SafeHandle socket)
    {
        int on = 1;
        try
        {
            _canTell = _isSet = Libc.SetOption(socket, Libc.TcpLevel, Libc.LeftOption, &on, sizeof(int)) == 0;
        }
        catch (ObjectDisposedException)
        {
            _canTell = false;
        }

        return _isSet;
    }
}
