using Goroutines.Channels;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>Lets the driver choose among the ready cases while schedules are explored.</summary>
public sealed partial class Select
{
    /// <summary>Lets the driver pick one of the ready cases, puts it first, and leaves the others in the order of adding.</summary>
    /// <returns>true if there is a driver that picks; otherwise, false.</returns>
    private bool TryOrderByDriver()
    {
        if (Exploration.Driver is not { } driver)
        {
            return false;
        }

        Span<SelectArm> order = _tryOrder.First(_listed);
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
