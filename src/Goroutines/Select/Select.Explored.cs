using Goroutines.Runtime;

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

        Span<SelectCase> order = _tryOrder.AsSpan(0, _listed);
        order.Sort(static (left, right) => left.Index.CompareTo(right.Index));
        List<int> ready = [];
        for (int i = 0; i < order.Length; i++)
        {
            if (order[i].LooksReady)
            {
                ready.Add(i);
            }
        }

        if (ready.Count > 1)
        {
            int chosen = ready[Exploration.Pick(ready.Count)];
            SelectCase first = order[chosen];
            order[..chosen].CopyTo(order[1..]);
            order[0] = first;
        }

        return true;
    }
}
