using System.Diagnostics;

namespace Goroutines.Net.Epoll;

/// <summary>Whether a system call of one direction of a socket may succeed, and whether one is under way.</summary>
/// <remarks>
/// <para><c>_ready</c> says that a call may succeed. It is cleared before a call and set by the poller's news,
/// by a call that leaves more behind (a receive that filled its buffer), and by errors. As news are edges, a call that finds
/// nothing must look at the flag again under the lock before it waits: either the news came before that look, or they find
/// the operation waiting. A receive that got less than it asked for has emptied the socket, so the next one waits without
/// a call; but not before the poller watches the socket, and not once it has told of the end, which may have come with the
/// data and makes no news a second time (<c>_ending</c>). Some receives get less although there is more (<c>_stopsShort</c>):
/// over TCP at the mark of urgent data, over a Unix socket at data that carries descriptors or another sender's credentials.
/// The poller asks for news of urgent data (EPOLLPRI), which are an edge of their own: they come before a receive stops at the
/// mark, and set the flag, or after it, and make the direction ready. From the first such news on, and for Unix sockets
/// always, a direction is empty only when a call says so.</para>
/// <para>Owned by the lock of the <see cref="NetQueue"/>, and embedded there by value.</para>
/// </remarks>
internal struct NetReadiness
{
    private bool _ready;
    private bool _ending;

    /// <summary>A receive may end before the data does, so that only a call that finds nothing says that the socket is empty.</summary>
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

    /// <summary>Whether an operation that waits is to be tried.</summary>
    internal readonly bool MayTry => !_busy && (_ready || _ending);

    /// <summary>Whether a call may be made at once. While the socket is not watched only a call can tell.</summary>
    internal readonly bool MayCall(bool watched) => !_busy && (_ready || _ending || !watched);

    internal void BeginTurn()
    {
        Debug.Assert(!_busy, "Two threads have the turn.");
        _busy = true;
    }

    /// <summary>Before each call, so that news that come during it are seen.</summary>
    internal void BeginCall() => _ready = false;

    /// <summary>A call found nothing.</summary>
    /// <returns><see langword="true"/> if news came during it, and the turn goes on with another call; otherwise, <see langword="false"/>: the turn has ended.</returns>
    internal bool EndCallInVain() => _busy = _ready;

    /// <summary>The operation that had the turn is through.</summary>
    /// <param name="more">Whether the next call may succeed without news.</param>
    internal void EndTurn(bool more)
    {
        _busy = false;
        _ready |= more || _stopsShort;
    }

    /// <summary>A caller's first call found nothing, and its operation goes to the head of the queue.</summary>
    internal void EndTurnInVain() => _busy = false;

    /// <summary>Nothing is ready before there are news.</summary>
    internal void AwaitNews() => _ready = false;

    /// <summary>The poller's news: a call may succeed now.</summary>
    /// <param name="ending">There will be no more news: the peer has ended the stream.</param>
    /// <param name="urgent">The peer has sent urgent data, at whose mark a receive stops short.</param>
    internal void AddNews(bool ending, bool urgent)
    {
        _ready = true;
        _ending |= ending;
        _stopsShort |= urgent;
    }
}
