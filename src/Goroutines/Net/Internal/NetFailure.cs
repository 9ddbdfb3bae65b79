namespace Goroutines.Net;

/// <summary>Why an operation failed, other than by what the system said of it.</summary>
internal enum NetFailure : byte
{
    None,
    Cancelled,
    Deadline,
    Disposed,

    /// <summary>The socket can't be watched; the cause says why.</summary>
    System,

    /// <summary>The caller's own kind of memory threw; the cause is what it threw.</summary>
    Memory,

    /// <summary>The stream was shut, by this side or by the other.</summary>
    Shut,
}
