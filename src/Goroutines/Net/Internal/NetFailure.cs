namespace Goroutines.Net;

/// <summary>Why an operation failed, apart from errors of the system.</summary>
internal enum NetFailure : byte
{
    None,
    Cancelled,
    Deadline,
    Disposed,

    /// <summary>The socket can't be watched; the cause says why.</summary>
    System,

    /// <summary>The caller's own type of memory threw; the cause is its exception.</summary>
    Memory,

    /// <summary>Either side has shut the stream.</summary>
    Shut,
}
