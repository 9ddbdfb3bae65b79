using Goroutines.Scheduler;

namespace Goroutines;

/// <summary>Selects where schedules are explored: they give way first, and what chooses among ready cases is the conductor.</summary>
public sealed partial class Select
{
    private async ValueTask<int> WaitExplored(CancellationToken cancellationToken)
    {
        await Exploration.GiveWay();
        Exploration.Grant();
        return await WaitAsync(cancellationToken);
    }

    /// <summary>Puts the case that the conductor picks among those that are ready first, and leaves the others in order.</summary>
    /// <returns><see langword="false"/>: nobody explores here.</returns>
    private bool TryOrderExplored()
    {
        if (!Exploration.Applies)
        {
            return false;
        }

        List<int> ready = [];
        for (int i = 0; i < _tryOrder.Length; i++)
        {
            _tryOrder[i] = i;
            if (_cases[i].IsLive && _cases[i].LooksReady)
            {
                ready.Add(i);
            }
        }

        if (ready.Count > 1)
        {
            int first = ready[Exploration.Pick(ready.Count)];
            _tryOrder.AsSpan(0, first).CopyTo(_tryOrder.AsSpan(1));
            _tryOrder[0] = first;
        }

        return true;
    }
}
