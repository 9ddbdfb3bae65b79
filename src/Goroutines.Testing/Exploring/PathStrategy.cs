using System.Globalization;
using System.Text;

namespace Goroutines.Testing.Exploring;

/// <summary>
/// Runs all schedules depth first. Each follows the one before up to its last choice that has an alternative left, takes that alternative,
/// and from there on always the first possibility. Preemptions beyond a bound are left out (Musuvathi and Qadeer, PLDI 2007: most bugs need
/// no more than two).
/// </summary>
/// <remarks>A seed describes a single path, by its choices other than the first possibility.</remarks>
internal sealed class PathStrategy : Strategy
{
    private readonly List<Node> _path = [];
    private readonly Dictionary<int, int> _given = [];
    private readonly int _bound;
    private int _at;
    private int _preemptions;

    internal PathStrategy(int preemptionBound) => _bound = preemptionBound;

    private PathStrategy(Dictionary<int, int> given)
    {
        _given = given;
        _bound = int.MaxValue;
    }

    internal override string Seed
    {
        get
        {
            StringBuilder text = new("path:");
            for (int i = 0; i < _at; i++)
            {
                if (_path[i].Chosen != 0)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{(text.Length == 5 ? "" : "-")}{i}.{_path[i].Chosen}");
                }
            }

            return text.ToString();
        }
    }

    /// <summary>Returns the path whose choices a seed contains; null if the text is not valid.</summary>
    internal static PathStrategy? Parse(string choices)
    {
        Dictionary<int, int> given = [];
        foreach (string choice in choices.Split('-', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = choice.Split('.');
            if (parts.Length != 2
                || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int chosen)
                || !given.TryAdd(index, chosen))
            {
                return null;
            }
        }

        return new PathStrategy(given);
    }

    /// <summary>Moves to the next schedule. Returns false if there is none.</summary>
    internal bool MoveOn()
    {
        _path.RemoveRange(_at, _path.Count - _at);
        _at = 0;
        _preemptions = 0;
        while (_path.Count != 0)
        {
            Node last = _path[^1];
            if (last.Chosen + 1 < last.Allowed)
            {
                _path[^1] = last with { Chosen = last.Chosen + 1 };
                return true;
            }

            _path.RemoveAt(_path.Count - 1);
        }

        return false;
    }

    internal override int Choose(ReadOnlySpan<long> actors, bool preempts)
    {
        int chosen = Follow(actors.Length, preempts && _preemptions >= _bound ? 1 : actors.Length);
        if (preempts && chosen != 0)
        {
            _preemptions++;
        }

        return chosen;
    }

    internal override int Pick(int count) => Follow(count, count);

    private int Follow(int count, int allowed)
    {
        if (_at == _path.Count)
        {
            int first = _given.GetValueOrDefault(_at);
            if (first >= count)
            {
                throw new NotRepeatableException($"The seed takes possibility {first} at choice {_at}, where there are only {count}.");
            }

            _path.Add(new Node(count, allowed, first));
        }
        else if (_path[_at].Count != count)
        {
            throw new NotRepeatableException($"At choice {_at} there were {_path[_at].Count} possibilities before, and now there are {count}.");
        }

        return _path[_at++].Chosen;
    }

    private readonly record struct Node(int Count, int Allowed, int Chosen);
}

/// <summary>Thrown when the body behaves differently than before under the same choices.</summary>
#pragma warning disable CA1032, CA1064 // internal, made in one place
internal sealed class NotRepeatableException(string message) : Exception(message);
#pragma warning restore CA1032, CA1064
