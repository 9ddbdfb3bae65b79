namespace Goroutines.ModelTests.Model;

/// <summary>One operation of a thread, announced before it is performed.</summary>
internal struct Operation
{
    internal OpKind Kind;
    internal int Site;

    /// <summary>The number of the thread whose operation, or whose store, it is.</summary>
    internal int Thread;

    /// <summary>The place in memory it is about; null when it is about none.</summary>
    internal Location? Location;

    /// <summary>Whether two operations of different actors may give different results in the other order.</summary>
    internal static bool Conflict(in Operation a, in Operation b)
        => a.Location is not null && ReferenceEquals(a.Location, b.Location) && (a.Kind != OpKind.Read || b.Kind != OpKind.Read) && !IsOwnStoreAndLoad(a, b);

    /// <summary>A thread loads its own store alike just before all see it and just after.</summary>
    private static bool IsOwnStoreAndLoad(in Operation a, in Operation b)
        => a.Thread == b.Thread && ((a.Kind == OpKind.Read && b.Kind == OpKind.Flush) || (a.Kind == OpKind.Flush && b.Kind == OpKind.Read));
}
