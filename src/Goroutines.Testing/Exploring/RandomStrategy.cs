using System.Globalization;

namespace Goroutines.Testing.Exploring;

/// <summary>Makes each choice uniformly at random.</summary>
internal sealed class RandomStrategy(ulong seed) : Strategy
{
    private Dice _dice = new(seed);

    internal override string Seed => string.Create(CultureInfo.InvariantCulture, $"random:{seed:x}");

    internal override int Choose(ReadOnlySpan<long> actors, bool preempts) => _dice.Next(actors.Length);

    internal override int Pick(int count) => _dice.Next(count);
}
