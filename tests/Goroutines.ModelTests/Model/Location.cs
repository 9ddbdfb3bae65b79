namespace Goroutines.ModelTests.Model;

/// <summary>A place in memory that was accessed in this execution, and who accessed it last.</summary>
internal sealed class Location
{
    /// <summary>In order of the first access, so the same in every execution that begins in the same way.</summary>
    internal int Id;
    internal nint Address;

    /// <summary>The step that last wrote here, or −1.</summary>
    internal int LastWrite;

    /// <summary>The thread whose step or store that was.</summary>
    internal int LastWriter;

    /// <summary>The step that last wrote here of those by or for other threads than <see cref="LastWriter"/>, or −1.</summary>
    internal int LastOtherWrite;

    /// <summary>The last step that took this place as a lock, or −1.</summary>
    internal int LastAcquire;

    /// <summary>The last step that wrote here and that a load by <paramref name="thread"/> depends on: its own stores it loads alike before and after.</summary>
    internal int LastWriteFor(int thread) => thread == LastWriter ? LastOtherWrite : LastWrite;

    /// <summary>By actor: its last step that has read here since the last write, or −1; only those in the mask are valid.</summary>
    internal readonly int[] Readers = new int[Execution.MostActors];
    internal ulong ReaderMask;

    internal readonly History History = new();

    internal void Reset(int id, nint address)
    {
        Id = id;
        Address = address;
        LastWrite = -1;
        LastOtherWrite = -1;
        LastWriter = -1;
        LastAcquire = -1;
        ReaderMask = 0;
        History.Reset();
    }
}
