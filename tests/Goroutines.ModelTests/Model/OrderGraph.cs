namespace Goroutines.ModelTests.Model;

/// <summary>Which events of an execution are ordered before which, where loads need not take place in the program's order. An event is a number.</summary>
internal sealed class OrderGraph
{
    /// <summary>What comes before everything: the program's beginning.</summary>
    internal const int Beginning = -1;

    private readonly List<int> _edges = []; // by event: its last edge, or −1
    private readonly List<(int From, int Next)> _from = [];
    private readonly List<int> _marks = [];
    private readonly Stack<int> _left = new();
    private int _mark;

    internal void Reset()
    {
        _edges.Clear();
        _from.Clear();
    }

    internal int Add()
    {
        _edges.Add(-1);
        if (_marks.Count < _edges.Count)
        {
            _marks.Add(0);
        }

        return _edges.Count - 1;
    }

    internal void Order(int earlier, int later)
    {
        if (earlier != Beginning)
        {
            _from.Add((earlier, _edges[later]));
            _edges[later] = _from.Count - 1;
        }
    }

    /// <summary>An event after both.</summary>
    internal int After(int one, int other)
    {
        if (one == Beginning || one == other)
        {
            return other;
        }

        int joined = Add();
        Order(one, joined);
        Order(other, joined);
        return joined;
    }

    /// <summary>Marks, for <see cref="IsMarked"/>, the given events and all that are ordered before them.</summary>
    internal void MarkUpTo(List<int> events)
    {
        _mark++;
        foreach (int start in events)
        {
            Visit(start);
        }

        while (_left.TryPop(out int at))
        {
            for (int edge = _edges[at]; edge >= 0; edge = _from[edge].Next)
            {
                Visit(_from[edge].From);
            }
        }
    }

    internal bool IsMarked(int at) => at != Beginning && _marks[at] == _mark;

    private void Visit(int at)
    {
        if (at != Beginning && _marks[at] != _mark)
        {
            _marks[at] = _mark;
            _left.Push(at);
        }
    }
}
