namespace Goroutines.Runtime;

/// <summary>What a <see cref="TraceEvent"/> tells.</summary>
internal enum TraceEventKind : byte
{
    /// <summary>An empty slot: never written.</summary>
    None,

    /// <summary>A goroutine's turn begins on this P. Argument: its creation site.</summary>
    TurnBegin,

    /// <summary>The turn ends. Argument: a <see cref="WaitReason"/>, or one of <see cref="TraceEvent.Yielded"/> and <see cref="TraceEvent.Ended"/>.</summary>
    TurnEnd,

    /// <summary>A parked goroutine was made runnable, by the goroutine that has its turn here or, between turns, by a timer or the network.</summary>
    Ready,

    /// <summary>A goroutine was started. Argument: its creation site.</summary>
    Spawn,

    /// <summary>The running goroutine enters a blocking region; its P may be taken meanwhile.</summary>
    BlockingBegin,

    /// <summary>A blocking region was left, on this P.</summary>
    BlockingEnd,

    /// <summary>The worker took goroutines out of another P's queue. Subject: the first of them.</summary>
    Steal,

    /// <summary>The P was given up by a thread that blocks, for another worker to take.</summary>
    HandOff,

    /// <summary>The P goes idle.</summary>
    Idle,

    /// <summary>The network had news. Subject: how many goroutines they wake.</summary>
    NetPoll,

    /// <summary>A timer was due: what is made ready next, until a turn begins, is its doing. Subject: the number of nanoseconds it was late.</summary>
    TimerFired,

    /// <summary>A second P was put beside one that is stuck in a body. Subject: the stuck P's id.</summary>
    Compensated,

    /// <summary>A collection has ended. Argument: the generation. An <see cref="Extra"/> follows: its pause in nanoseconds.</summary>
    Collection,

    /// <summary>A task begins. Argument: the name's number. Two <see cref="Extra"/> follow: its number, and that of the task around it or 0.</summary>
    TaskBegin,

    /// <summary>A task ends. Argument: the name's number. An <see cref="Extra"/> follows: its number.</summary>
    TaskEnd,

    /// <summary>A goroutine enters a region of its own. Argument: the name's number. An <see cref="Extra"/> follows where the region belongs to a task: its number.</summary>
    RegionBegin,

    /// <summary>The innermost region of the goroutine ends.</summary>
    RegionEnd,

    /// <summary>A goroutine logs. Argument: the category's number. Two <see cref="Extra"/> follow: the number of the message, and that of the task or 0.</summary>
    Log,

    /// <summary>A panic is reported. Subject: the goroutine.</summary>
    Panic,

    /// <summary>A word that belongs to the event before it.</summary>
    Extra,
}
