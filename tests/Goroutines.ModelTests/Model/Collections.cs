namespace Goroutines.ModelTests.Model;

/// <summary>Keeps the garbage collector away while addresses have to stay what they are.</summary>
internal static class Collections
{
    private static long s_enteredAt;
    private static bool s_inRegion;

    /// <summary>Enters a region without collections, or stays in the present one while less than <paramref name="limit"/> bytes were allocated in it.</summary>
    internal static void EnterRegion(long size, long limit)
    {
        if (s_inRegion && GC.GetTotalAllocatedBytes() - s_enteredAt < limit && System.Runtime.GCSettings.LatencyMode == System.Runtime.GCLatencyMode.NoGCRegion)
        {
            return;
        }

        EndRegion();
        s_inRegion = GC.TryStartNoGCRegion(size);
        s_enteredAt = GC.GetTotalAllocatedBytes();
    }

    internal static void EndRegion()
    {
        if (s_inRegion && System.Runtime.GCSettings.LatencyMode == System.Runtime.GCLatencyMode.NoGCRegion)
        {
            GC.EndNoGCRegion();
        }

        s_inRegion = false;
    }
}
