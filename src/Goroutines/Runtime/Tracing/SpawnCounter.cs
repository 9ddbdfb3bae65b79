namespace Goroutines.Runtime;

/// <summary>How many goroutines one P has started, by creation site.</summary>
/// <remarks>Written by the holder of the P alone; a reader gets each count as of some moment.</remarks>
internal sealed class SpawnCounter
{
    private long[] _counts = new long[64];

    internal void Count(ushort site)
    {
        long[] counts = _counts;
        if (site >= counts.Length)
        {
            Array.Resize(ref counts, Math.Max(site + 1, counts.Length * 2));
            Volatile.Write(ref _counts, counts);
        }

        counts[site]++;
    }

    internal void AddTo(Dictionary<ushort, long> sum)
    {
        long[] counts = Volatile.Read(ref _counts);
        for (int site = 0; site < counts.Length; site++)
        {
            if (Volatile.Read(ref counts[site]) is var count and not 0)
            {
                sum[(ushort)site] = sum.GetValueOrDefault((ushort)site) + count;
            }
        }
    }
}
