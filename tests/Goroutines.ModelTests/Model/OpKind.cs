namespace Goroutines.ModelTests.Model;

/// <summary>What a thread is about to do that others can see, or that has to wait for others.</summary>
internal enum OpKind : byte
{
    /// <summary>Has not begun.</summary>
    Start,

    /// <summary>A load from memory (not from the thread's own store buffer).</summary>
    Read,

    /// <summary>A store that leaves a store buffer and is seen by all from then on.</summary>
    Flush,

    /// <summary>An interlocked operation: load and store in one, with an empty store buffer.</summary>
    ReadWrite,

    /// <summary>Waits for the lock word to be zero and sets it to one.</summary>
    Lock,

    /// <summary>Waits for the own store buffer to be empty.</summary>
    Fence,

    /// <summary>Waits for all store buffers to be empty.</summary>
    FenceAll,

    /// <summary>Looks whether to sleep, and does.</summary>
    Sleep,

    /// <summary>Sleeps until woken, or until the time is up.</summary>
    Resume,

    /// <summary>Wakes the thread that sleeps.</summary>
    Wake,

    /// <summary>Spins: goes on when another thread has stored something.</summary>
    Yield,

    /// <summary>Is over.</summary>
    Finished,
}
