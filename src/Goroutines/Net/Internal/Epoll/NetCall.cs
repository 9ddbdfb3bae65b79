namespace Goroutines.Net.Epoll;

/// <summary>The outcome of a system call.</summary>
internal enum NetCall : byte
{
    WouldBlock,

    /// <summary>Finished, with success or an error; the socket is now empty (or full).</summary>
    Done,

    /// <summary>Finished; another call may succeed at once.</summary>
    DoneWithMore,
}
