namespace Goroutines.ModelTests.Model;

/// <summary>
/// Which schedules there are to try: depth first, by running the program again, with dynamic partial-order reduction.
/// </summary>
/// <remarks>
/// Two schedules that differ only in the order of steps that don't conflict have the same outcome; one of them is enough.
/// So an alternative to a choice is tried only if a race calls for it: a later step that conflicts with the one
/// chosen, is by another actor, and is not ordered after it by anything else (vector clocks tell). Which actor to try is chosen
/// by the source sets of Abdulla, Aronis, Jonsson and Sagonas ("Optimal dynamic partial order reduction", POPL 2014), and sleep sets
/// keep what has been tried from being tried again in another place. A flush of a store buffer is a step like
/// any other, of an actor of its own; storing into the buffer and loading from the own one are none, as nobody sees them.
/// </remarks>
internal sealed class Search(ExplorerOptions options)
{
    private readonly List<Step> _steps = [];
    private readonly int[] _counts = new int[Execution.MostActors];
    private readonly int[] _before = new int[Execution.MostActors];
    private readonly int[] _first = new int[Execution.MostActors];
    private int _prefix;
    private ulong _sleep;
    private int[]? _replay;

    /// <summary>How many steps this execution has taken.</summary>
    internal int Depth { get; private set; }

    /// <summary>Whether this execution turned out to be one that was seen in another order.</summary>
    internal bool IsRedundant { get; private set; }

    /// <summary>Whether an alternative was left out for the sake of the bound on preemptions.</summary>
    internal bool IsBounded { get; private set; }

    internal void Begin()
    {
        Depth = 0;
        IsRedundant = false;
        _sleep = 0;
        Array.Clear(_counts);
    }

    /// <summary>Makes the next execution take exactly these choices.</summary>
    internal void Replay(int[] choices) => _replay = choices;

    /// <summary>The choices of this execution.</summary>
    internal int[] Choices() => [.. _steps.Take(Depth).Select(static step => step.Actor)];

    internal int Choose(Execution execution, ulong enabled, ModelThread? current)
    {
        if (_replay is not null)
        {
            return Depth < _replay.Length ? Checked(_replay[Depth], enabled) : Default(execution, enabled, current);
        }

        if (Depth < _prefix)
        {
            Step step = _steps[Depth];
            return step.Enabled == enabled ? step.Actor : throw Undetermined();
        }

        ulong candidates = enabled & ~_sleep;
        if (candidates == 0)
        {
            // All that could go on has been tried from here, in another order. Run on, but learn nothing from it.
            IsRedundant = true;
            candidates = enabled;
        }

        return Default(execution, candidates, current);
    }

    /// <summary>Notes the step that <paramref name="actor"/> takes, and what races with it.</summary>
    internal void Take(Execution execution, int actor, in Operation operation, ulong enabled)
    {
        Step step = StepAt(Depth);
        execution.ClockBefore(actor, _before);
        if (options.Reduce && Depth >= _prefix - 1 && !IsRedundant && _replay is null)
        {
            FindRaces(actor, operation, _before);
        }

        if (Depth >= _prefix)
        {
            step.Enabled = enabled;
            step.Actor = actor;
            step.Backtrack = options.Reduce ? 1ul << actor : enabled;
            step.Done = 0;
            step.Sleep = _sleep;
            step.Preemptions = Depth == 0 ? 0 : _steps[Depth - 1].Preemptions + (IsPreemption(Depth, actor) ? 1 : 0);
        }
        else if (Depth < _prefix - 1 && (step.Operation.Site != operation.Site || step.LocationId != IdOf(operation)))
        {
            throw Undetermined();
        }

        step.Operation = operation;
        step.LocationId = IdOf(operation);
        int[] clock = step.Clock;
        _before.CopyTo(clock, 0);
        if (operation.Location is { } location)
        {
            JoinLocation(location, actor, operation.Kind, clock);
        }

        step.Index = clock[actor] = ++_counts[actor];
        _sleep = options.Reduce ? SleepAfter(execution, step, operation) : 0;
        Depth++;
        execution.ClockAfter(actor, clock);
    }

    /// <summary>Turns to the next schedule; false when there is none left.</summary>
    internal bool Next()
    {
        int depth = IsRedundant ? Math.Min(Depth, _steps.Count) : Depth;
        for (int i = depth - 1; i >= 0; i--)
        {
            Step step = _steps[i];
            step.Done |= 1ul << step.Actor;
            for (ulong left = step.Backtrack & step.Enabled & ~step.Done & ~step.Sleep; left != 0; left &= left - 1)
            {
                int actor = Execution.Lowest(left);
                int preemptions = i == 0 ? 0 : _steps[i - 1].Preemptions + (IsPreemption(i, actor) ? 1 : 0);
                if (preemptions > options.MostPreemptions)
                {
                    IsBounded = true;
                    step.Done |= 1ul << actor;
                    continue;
                }

                step.Actor = actor;
                step.Preemptions = preemptions;
                _prefix = i + 1;
                return true;
            }
        }

        return false;
    }

    private static int IdOf(in Operation operation) => operation.Location?.Id ?? -1;

    private static InvalidOperationException Undetermined()
        => new("The same choices led elsewhere: the program depends on something besides its schedule (time, chance, what an earlier execution left).");

    private static int Checked(int actor, ulong enabled) => (enabled & (1ul << actor)) != 0 ? actor : throw Undetermined();

    /// <summary>First what makes the machine look strong and spares switches: the current thread's stores, the current thread, other stores, others.</summary>
    private static int Default(Execution execution, ulong candidates, ModelThread? current)
    {
        int lowestStore = -1;
        for (ulong left = candidates; left != 0; left &= left - 1)
        {
            int actor = Execution.Lowest(left);
            if (!Execution.IsThread(actor))
            {
                if (ReferenceEquals(execution.ThreadOf(actor), current))
                {
                    return actor;
                }

                lowestStore = lowestStore < 0 ? actor : lowestStore;
            }
        }

        return current is not null && (candidates & (1ul << current.Actor)) != 0 ? current.Actor
            : lowestStore >= 0 ? lowestStore
            : Execution.Lowest(candidates);
    }

    private Step StepAt(int depth)
    {
        if (depth == _steps.Count)
        {
            _steps.Add(new Step());
        }

        return _steps[depth];
    }

    private bool IsPreemption(int depth, int actor)
    {
        if (!Execution.IsThread(actor))
        {
            return false;
        }

        for (int i = depth - 1; i >= 0; i--)
        {
            if (Execution.IsThread(_steps[i].Actor))
            {
                return _steps[i].Actor != actor && (_steps[depth].Enabled & (1ul << _steps[i].Actor)) != 0;
            }
        }

        return false;
    }

    private ulong SleepAfter(Execution execution, Step step, in Operation operation)
    {
        ulong sleep = 0;
        for (ulong left = (step.Sleep | step.Done) & ~(1ul << step.Actor); left != 0; left &= left - 1)
        {
            int actor = Execution.Lowest(left);
            Operation pending = execution.PendingOf(actor);
            bool wakes = pending.Kind == OpKind.Yield && operation.Kind is OpKind.Flush or OpKind.ReadWrite or OpKind.Lock;
            if (!wakes && !Operation.Conflict(pending, operation))
            {
                sleep |= 1ul << actor;
            }
        }

        return sleep;
    }

    private void JoinLocation(Location location, int actor, OpKind kind, int[] clock)
    {
        if (location.LastWrite >= 0)
        {
            Clocks.Join(clock, _steps[location.LastWrite].Clock);
        }

        if (kind == OpKind.Read)
        {
            location.Readers[actor] = Depth;
            location.ReaderMask |= 1ul << actor;
            return;
        }

        for (ulong left = location.ReaderMask; left != 0; left &= left - 1)
        {
            Clocks.Join(clock, _steps[location.Readers[Execution.Lowest(left)]].Clock);
        }

        location.ReaderMask = 0;
        location.LastWrite = Depth;
        if (kind is OpKind.Lock or OpKind.ReadWrite)
        {
            location.LastAcquire = Depth;
        }
    }

    private void FindRaces(int actor, in Operation operation, int[] before)
    {
        if (operation.Location is not { } location)
        {
            return;
        }

        bool readers = false;
        if (operation.Kind != OpKind.Read)
        {
            for (ulong left = location.ReaderMask & ~(1ul << actor); left != 0; left &= left - 1)
            {
                readers = true;
                TryOtherOrder(location.Readers[Execution.Lowest(left)], actor, operation, before);
            }
        }

        // An unlock and the lock that follows can't change places, but the two locks can.
        bool locks = operation.Kind == OpKind.Lock;
        if (locks || !readers)
        {
            int last = locks ? location.LastAcquire : location.LastWrite;
            if (last >= 0)
            {
                TryOtherOrder(last, actor, operation, before);
            }
        }
    }

    /// <summary>If step <paramref name="at"/> and this one, by <paramref name="actor"/>, are ordered by nothing but chance: sees to it that the other order is tried.</summary>
    private void TryOtherOrder(int at, int actor, in Operation operation, int[] before)
    {
        Step raced = _steps[at];
        if (raced.Actor == actor || raced.HappensBefore(before) || (operation.Kind == OpKind.Read && raced.Operation.Kind == OpKind.Flush && raced.Actor == actor + 1))
        {
            return;
        }

        // The threads that can come first among the steps that don't depend on the raced one, followed by this one.
        ulong initials = 0;
        ulong seen = 0;
        bool conflict = false;
        for (int i = at + 1; i < Depth; i++)
        {
            Step step = _steps[i];
            if (raced.HappensBefore(step.Clock))
            {
                continue;
            }

            ulong bit = 1ul << step.Actor;
            if ((seen & bit) == 0)
            {
                if (!DependsOnAny(seen, step.Clock))
                {
                    initials |= bit;
                }

                seen |= bit;
                _first[step.Actor] = step.Index;
            }

            conflict = conflict || Operation.Conflict(step.Operation, operation);
        }

        if ((seen & (1ul << actor)) == 0 && !conflict && !DependsOnAny(seen, before))
        {
            initials |= 1ul << actor;
        }

        if ((initials & (raced.Backtrack | raced.Done | raced.Sleep)) != 0)
        {
            return;
        }

        ulong usable = initials & raced.Enabled;
        raced.Backtrack |= usable == 0 ? raced.Enabled
            : (usable & (1ul << actor)) != 0 ? 1ul << actor
            : usable & (~usable + 1);
    }

    private bool DependsOnAny(ulong seen, int[] clock)
    {
        for (; seen != 0; seen &= seen - 1)
        {
            int actor = Execution.Lowest(seen);
            if (_first[actor] <= clock[actor])
            {
                return true;
            }
        }

        return false;
    }
}
