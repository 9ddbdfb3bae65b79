namespace Goroutines.Net.Epoll;

/// <summary>How a system call went.</summary>
internal enum NetCall : byte
{
    WouldBlock,

    /// <summary>Through, with success or an error, and the socket is empty (or full) now.</summary>
    Done,

    /// <summary>Through, and another call may succeed at once.</summary>
    DoneWithMore,
}
