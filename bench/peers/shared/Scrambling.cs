namespace Goroutines.Peers;

/// <summary>Some 2 µs of arithmetic.</summary>
internal static class Scrambling
{
    public static ulong Scramble(ulong x)
    {
        for (var i = 0; i < 1000; i++)
        {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
        return x;
    }
}
