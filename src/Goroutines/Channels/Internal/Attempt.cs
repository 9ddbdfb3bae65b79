namespace Goroutines.Channels;

/// <summary>What one attempt at a channel operation came to.</summary>
internal enum Attempt
{
    /// <summary>It would have to wait.</summary>
    WouldWait,

    /// <summary>Done: the value was passed on, or (receiving) the channel found closed and drained.</summary>
    Done,

    /// <summary>Sending: the channel is closed.</summary>
    Closed,

    /// <summary>Sending: the buffer has room, but not yet the memory for it, which is to be taken without the lock.</summary>
    NeedsMemory,
}
