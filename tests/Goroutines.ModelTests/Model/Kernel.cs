using System.Runtime.CompilerServices;

namespace Goroutines.ModelTests.Model;

/// <summary>What stands in for the kernel: who sleeps where, and the network's poller.</summary>
internal sealed class Kernel
{
    private readonly Location?[] _sleepsAt = new Location?[Execution.MostThreads];
    private readonly List<StrongBox<int>> _breaks = [];
    private int _breakCount;

    internal void Reset()
    {
        Array.Clear(_sleepsAt);
        _breakCount = 0;
        foreach (StrongBox<int> broken in _breaks)
        {
            broken.Value = 0;
        }
    }

    internal Location? SleepsAt(ModelThread thread) => _sleepsAt[thread.Number];

    internal void FallAsleep(ModelThread thread, Location location) => _sleepsAt[thread.Number] = location;

    /// <summary>The word by which a poller is woken: the number of times it was asked to look up.</summary>
    internal StrongBox<int> BreakWord()
    {
        if (_breakCount == _breaks.Count)
        {
            _breaks.Add(new StrongBox<int>());
        }

        return _breaks[_breakCount];
    }
}
