namespace Goroutines.Testing.Exploring;

/// <summary>SplitMix64: a seed gives the same numbers on every framework and machine.</summary>
internal struct Dice(ulong seed)
{
    private ulong _state = seed;

    internal ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Returns a number from 0 to <paramref name="count"/> − 1.</summary>
    internal int Next(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>Returns the seed of the schedule with the given number.</summary>
    internal static ulong Derive(ulong seed, int number) => new Dice(seed ^ ((ulong)number * 0xD1342543DE82EF95)).Next();
}
