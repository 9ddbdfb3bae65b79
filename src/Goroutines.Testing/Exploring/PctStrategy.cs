using System.Globalization;

namespace Goroutines.Testing.Exploring;

/// <summary>
/// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010). The goroutine with the highest priority
/// runs. Priorities are drawn at random, and at d − 1 random steps the running goroutine falls behind all others. Each schedule finds a bug
/// that needs d ordering constraints among n goroutines in k steps with a probability of at least 1/(n·k^(d−1)).
/// </summary>
internal sealed class PctStrategy : Strategy
{
    private readonly ulong _seed;
    private readonly int _depth;
    private readonly int _length;
    private readonly int[] _changes;
    private readonly Dictionary<long, long> _priorities = [];
    private Dice _dice;
    private int _step;
    private long _lowest;

    /// <param name="seed">The seed.</param>
    /// <param name="depth">d: the number of ordering constraints that the bug may need.</param>
    /// <param name="length">k: the number of choices that a schedule is expected to have.</param>
    internal PctStrategy(ulong seed, int depth, int length)
    {
        _seed = seed;
        _depth = depth;
        _length = length;
        _dice = new Dice(seed);
        _changes = new int[depth - 1];
        for (int i = 0; i < _changes.Length; i++)
        {
            _changes[i] = 1 + _dice.Next(length);
        }
    }

    internal override string Seed => string.Create(CultureInfo.InvariantCulture, $"pct:{_depth}:{_length}:{_seed:x}");

    internal override int Choose(ReadOnlySpan<long> actors, bool preempts)
    {
        _step++;
        int highest = Highest(actors);
        if (Array.IndexOf(_changes, _step) >= 0)
        {
            _priorities[actors[highest]] = --_lowest;
            highest = Highest(actors);
        }

        return highest;
    }

    internal override int Pick(int count) => _dice.Next(count);

    internal override void Yielded(long actor) => _priorities[actor] = --_lowest;

    private int Highest(ReadOnlySpan<long> actors)
    {
        int highest = 0;
        long best = long.MinValue;
        for (int i = 0; i < actors.Length; i++)
        {
            if (!_priorities.TryGetValue(actors[i], out long priority))
            {
                priority = (long)(_dice.Next() >> 1);
                _priorities.Add(actors[i], priority);
            }

            if (priority > best)
            {
                best = priority;
                highest = i;
            }
        }

        return highest;
    }
}
