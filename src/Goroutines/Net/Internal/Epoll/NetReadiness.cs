using System.Diagnostics;

namespace Goroutines.Net.Epoll;

/// <summary>Whether a system call in one direction of a socket may succeed, and whether one is in progress.</summary>
/// <remarks>
/// <para><c>_ready</c> says that a call may succeed. It is cleared before a call. It is set by the poller's news, by a call that
/// leaves more behind (a receive that filled its buffer), and by errors. Since news comes as edges, a caller whose call found nothing
/// must read the flag again under the lock before it waits: either the news came before that reading, or it finds the operation
/// queued.</para>
/// <para>A receive that got less than it asked for, or to which the system has said that nothing is left (<see cref="ExactFill"/>), has emptied
/// the socket, so the next one waits without a call. This does not hold
/// before the poller watches the socket. Nor does it hold once the poller has reported the end (<c>_ending</c>), which may have come
/// with the data and is not reported again. And some receives get less although there is more (<c>_stopsShort</c>): over TCP at the
/// mark of urgent data, over a Unix socket at data that carries descriptors or another sender's credentials.</para>
/// <para>The poller asks for news of urgent data (EPOLLPRI), which is an edge of its own. It comes before a receive stops at the mark,
/// and sets that flag, or afterwards, and makes the direction ready. From the first such news on, and for Unix sockets always, a
/// direction is empty only if a call finds nothing.</para>
/// <para>Guarded by the lock of the <see cref="NetQueue"/>, which embeds it by value.</para>
/// </remarks>
internal struct NetReadiness
{
    private bool _ready;
    private bool _ending;

    /// <summary>Whether a receive may get less than is available. Then only a call that finds nothing shows that the socket is
    /// empty.</summary>
    private bool _stopsShort;

    /// <summary>Whether a thread has the turn to make calls.</summary>
    private bool _busy;

    internal NetReadiness(bool stopsShort)
    {
        _ready = true;
        _stopsShort = stopsShort;
    }

    /// <summary>Whether a thread is in a call, or between two of its calls.</summary>
    internal readonly bool IsBusy => _busy;

    /// <summary>Whether to try an operation that waits.</summary>
    internal readonly bool MayTry => !_busy && (_ready || _ending);

    /// <summary>Whether a call may be made at once. While the socket is not watched, only a call can tell whether it is ready.</summary>
    internal readonly bool MayCall(bool watched) => !_busy && (_ready || _ending || !watched);

    internal void BeginTurn()
    {
        Debug.Assert(!_busy, "Two threads have the turn.");
        _busy = true;
    }

    /// <summary>Called before each call, so that news that comes during the call is seen.</summary>
    internal void BeginCall() => _ready = false;

    /// <summary>Called when a call found nothing: ends the turn, unless news came during the call.</summary>
    /// <returns>true if the turn continues with another call; otherwise, false.</returns>
    internal bool EndCallInVain() => _busy = _ready;

    /// <summary>Ends the turn of an operation that is over.</summary>
    /// <param name="more">Whether the next call may succeed without news.</param>
    internal void EndTurn(bool more)
    {
        _busy = false;
        _ready |= more || _stopsShort;
    }

    /// <summary>Ends the turn of a caller whose first call found nothing. Its operation goes to the head of the queue.</summary>
    internal void EndTurnInVain() => _busy = false;

    /// <summary>Records the poller's news: a call may succeed now.</summary>
    /// <param name="ending">Whether the peer has ended the stream, so that no more news comes.</param>
    /// <param name="urgent">Whether the peer has sent urgent data, at whose mark a receive stops short.</param>
    internal void AddNews(bool ending, bool urgent)
    {
        _ready = true;
        _ending |= ending;
        _stopsShort |= urgent;
    }
}
