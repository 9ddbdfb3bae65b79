namespace Goroutines.Net.Epoll;

/// <summary>What <see cref="NetQueue.TryEnter"/> says.</summary>
internal enum NetEntry : byte
{
    /// <summary>The turn is the caller's.</summary>
    Enter,

    /// <summary>Others are before, or nothing is ready: an operation has to wait.</summary>
    Wait,

    /// <summary>The direction is closed, or past its deadline.</summary>
    Fail,
}

/// <summary>How a system call went.</summary>
internal enum NetCall : byte
{
    WouldBlock,

    /// <summary>Through, with success or an error, and the socket is empty (or full) now.</summary>
    Done,

    /// <summary>Through, and another call may succeed at once.</summary>
    DoneWithMore,
}
