namespace Goroutines.Race;

/// <summary>What an access does.</summary>
[Flags]
internal enum AccessKind : byte
{
    Read = 0,
    Write = 1,

    /// <summary>Made by <see cref="Interlocked"/>, <see cref="Volatile"/> or a volatile field.</summary>
    Atomic = 2,

    AtomicWrite = Atomic | Write,
}

internal static class AccessKinds
{
    /// <summary>Two accesses to one place conflict unless both only read, or both are atomic.</summary>
    internal static bool ConflictsWith(this AccessKind first, AccessKind second)
        => ((first | second) & AccessKind.Write) != 0 && (first & second & AccessKind.Atomic) == 0;

    /// <summary>Whether everything that conflicts with <paramref name="old"/> also conflicts with this.</summary>
    internal static bool Covers(this AccessKind added, AccessKind old)
        => ((old & AccessKind.Write) == 0 || (added & AccessKind.Write) != 0) && ((added & AccessKind.Atomic) == 0 || (old & AccessKind.Atomic) != 0);
}
