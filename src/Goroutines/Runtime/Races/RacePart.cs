namespace Goroutines.Runtime;

/// <summary>Which of an object's clocks is meant. The slots of a channel are numbered from 0.</summary>
internal enum RacePart
{
    /// <summary>The object itself. For a read-write lock: what writers have done.</summary>
    Whole = -1,

    /// <summary>What readers have done under a read-write lock.</summary>
    Readers = -2,

    /// <summary>What the closer of a channel has done.</summary>
    Close = -3,

    /// <summary>What the waiting side had done when its wait began.</summary>
    Wait = -4,

    /// <summary>What the completing side had done when it completed an operation.</summary>
    Completion = -5,
}
