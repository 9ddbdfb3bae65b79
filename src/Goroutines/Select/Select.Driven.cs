using Goroutines.Channels;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>The choice among ready cases where schedules are explored: the driver makes it.</summary>
public sealed partial class Select
{
    /// <summary>Puts the case that the driver picks among those that are ready first, and leaves the others in the order of adding.</summary>
    /// <returns>true if there is a driver that picks; otherwise, false.</returns>
    private bool TryOrderByDriver()
    {
        if (Exploration.Driver is not { } driver)
        {
            return false;
        }

        Span<SelectArm> order = _tryOrder.AsSpan(0, _listed);
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
            int chosen = ready[driver.Pick(ready.Count)];
            SelectArm first = order[chosen];
            order[..chosen].CopyTo(order[1..]);
            order[0] = first;
        }

        return true;
    }
}
