namespace Goroutines.Channels;

/// <summary>The outcome of one attempt at a channel operation.</summary>
internal enum Attempt
{
    /// <summary>The operation would have to wait.</summary>
    WouldWait,

    /// <summary>Done: the value was passed on, or a receive found the channel closed and drained.</summary>
    Done,

    /// <summary>Sending: the channel is closed.</summary>
    Closed,

    /// <summary>Sending: the buffer has room but not yet the memory for it. The caller allocates the memory without the lock.</summary>
    NeedsMemory,
}
