namespace ModelRewriter;

/// <summary>Constants that are smaller in the rewritten copy, so that their limits are reached within a few steps.</summary>
internal static class Shrinking
{
    private const int RingCapacity = 4;

    internal static int Apply(string method, int value) => method switch
    {
        // The ring of a P, its mask, its half, and the batch that overflows.
        _ when method.StartsWith("RunQueue.", StringComparison.Ordinal) || method == "Scheduler.TakeGlobalLocked" => value switch
        {
            256 => RingCapacity,
            255 => RingCapacity - 1,
            128 => RingCapacity / 2,
            129 => (RingCapacity / 2) + 1,
            _ => value,
        },
        // How often a worker looks whether a lone runnext moves.
        "Scheduler.IsNextStuck" when value == 24 => 1,
        // Rounds over the other Ps: the last one alone.
        "Scheduler.Steal" when value == 4 => 1,
        "Scheduler.Steal" when value == 3 => 0,
        // Inherited turns between two looks at a chain's slice, and looks until it is over.
        "P.BeginSlice" or "P..ctor" or "Scheduler.SliceIsOver" when value is 64 or 128 => 2,
        // Looks at a note or a mutex before sleeping.
        "GoMutex.TrySpin" when value == 8 => 1,
        "ThreadWait.Block" when value == 20 => 0,
        "StackfulThread.AwaitTurn" when value == 40 => 0,
        _ => value,
    };
}
