namespace Goroutines.Race;

/// <summary>What static constructors have done. The runtime runs each once, before the first access to a static field of its type, and lets no
/// other thread go on before it has ended.</summary>
/// <remarks>All of them share one clock: an access to a static field comes after all static constructors that have ended before it. That is
/// more than the runtime says, and costs races in the first moments of a program, but one comparison an access.</remarks>
internal static class StaticInitializers
{
    private static readonly SyncObject s_ends = new();
    private static int s_count;

    internal static void End()
    {
        s_ends.ReleaseMerge(Detector.Current);
        Interlocked.Increment(ref s_count);
    }

    internal static void Acquire()
    {
        Strand strand = Detector.Current;
        int count = Volatile.Read(ref s_count);
        if (strand.InitializersSeen != count)
        {
            strand.InitializersSeen = count;
            s_ends.Acquire(strand);
        }
    }
}
