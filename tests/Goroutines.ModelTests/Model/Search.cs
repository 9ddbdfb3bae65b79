using System.Numerics;

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
/// any other, of an actor of its own; storing into the buffer is none, as no other thread sees it. A load is one also when it finds its
/// thread's own store in the buffer, because other threads may store between the two; with the flush of that store it does not conflict, as
/// it finds the same just before and just after.
/// <para>Where loads may find old values, a load is as many steps as there are values that it can find, and wherever the load is tried all of
/// them are, before its actor counts as done. Whether a value can be found depends on the order of events, which two schedules that differ
/// in the order of independent steps share. By finding an old value one load may keep another from finding one, elsewhere: then the other
/// one is tried with it where the first finds a newer value, which is always possible and keeps no load from anything. So the loads need
/// not conflict, and what has been tried, in any order, of the steps that are possible together, need not be tried again.</para>
/// </remarks>
internal sealed class Search(ExplorerOptions options)
{
    /// <summary>A choice is an actor, and above it the age of the value that it loads.</summary>
    internal const int AgeShift = 8;

    private readonly List<Step> _steps = [];
    private readonly int[] _counts = new int[Execution.MostActors];
    private readonly int[] _before = new int[Execution.MostActors];
    private readonly int[] _own = new int[Execution.MostActors];
    private readonly int[] _first = new int[Execution.MostActors];
    private readonly Location _everywhere = new();
    private int _prefix;
    private ActorSet _sleep;
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
        _sleep = ActorSet.None;
        Array.Clear(_counts);
        _everywhere.Reset(-1, 0);
    }

    /// <summary>Makes the next execution take exactly these choices.</summary>
    internal void Replay(int[] choices) => _replay = choices;

    /// <summary>The choices of this execution.</summary>
    internal int[] Choices() => [.. _steps.Take(Depth).Select(static step => step.Actor | (step.Age << AgeShift))];

    internal int Choose(Execution execution, ActorSet enabled, ModelThread? current)
    {
        if (_replay is not null)
        {
            return Depth < _replay.Length ? Checked(_replay[Depth] & ((1 << AgeShift) - 1), enabled) : Default(execution, enabled, current);
        }

        if (Depth < _prefix)
        {
            Step step = _steps[Depth];
            return step.Enabled == enabled ? step.Actor : throw Undetermined();
        }

        ActorSet candidates = enabled & ~_sleep;
        if (candidates.IsEmpty)
        {
            // All that could go on has been tried from here, in another order. Run on, but learn nothing from it.
            IsRedundant = true;
            candidates = enabled;
        }

        return Default(execution, candidates, current);
    }

    /// <summary>Notes the step that <paramref name="actor"/> takes, and what races with it.</summary>
    internal void Take(Execution execution, int actor, in Operation operation, ActorSet enabled)
    {
        Step step = StepAt(Depth);
        execution.ClockBefore(actor, _before);
        if (options.Reduce && Depth >= _prefix - 1 && !IsRedundant && _replay is null)
        {
            FindRaces(actor, operation, _before);
            if (OfEverywhere(operation) is { Location: not null } everywhere)
            {
                // The stores that a fence in all threads has waited for come before it, but it could have come before they began.
                execution.ClockBefore(actor, _own, ownOnly: true);
                FindRaces(actor, everywhere, _own);
            }
        }

        if (Depth >= _prefix)
        {
            step.Enabled = enabled;
            step.Actor = actor;
            step.Backtrack = options.Reduce ? ActorSet.Of(actor) : enabled;
            step.Done = ActorSet.None;
            step.Sleep = _sleep;
            step.Age = 0;
            step.Ages = 1;
            step.OldLoads = Depth == 0 ? 0 : _steps[Depth - 1].OldLoads;
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
        if (operation.Location is not null)
        {
            JoinLocation(operation, actor, clock);
        }

        if (OfEverywhere(operation) is { Location: not null } place)
        {
            JoinLocation(place, actor, clock);
        }

        step.Index = clock[actor] = ++_counts[actor];
        _sleep = options.Reduce ? SleepAfter(execution, step, operation) : ActorSet.None;
        Depth++;
        execution.ClockAfter(actor, clock);
    }

    /// <summary>Chooses what the load that was taken last finds, of <paramref name="readable"/> values: how often that has been replaced.</summary>
    internal int ChooseAge(int readable)
    {
        int at = Depth - 1;
        Step step = _steps[at];
        if (_replay is not null)
        {
            step.Age = at < _replay.Length ? _replay[at] >> AgeShift : 0;
        }
        else if (IsRedundant)
        {
            return 0;
        }

        if (step.Age >= readable || (_replay is null && at < _prefix - 1 && step.Ages != readable))
        {
            throw Undetermined();
        }

        step.Ages = readable;
        return step.Age;
    }

    /// <summary>Turns to the next schedule; false when there is none left.</summary>
    internal bool Next()
    {
        int depth = IsRedundant ? Math.Min(Depth, _steps.Count) : Depth;
        for (int i = depth - 1; i >= 0; i--)
        {
            Step step = _steps[i];
            int oldBefore = i == 0 ? 0 : _steps[i - 1].OldLoads;
            if (step.Age + 1 < step.Ages)
            {
                if (oldBefore < options.MostOldLoads)
                {
                    step.Age++;
                    step.OldLoads = oldBefore + 1;
                    _prefix = i + 1;
                    return true;
                }

                IsBounded = true;
            }

            step.Done |= ActorSet.Of(step.Actor);
            for (ActorSet left = step.Backtrack & step.Enabled & ~step.Done & ~step.Sleep; !left.IsEmpty; left = left.Without(left.Lowest()))
            {
                int actor = left.Lowest();
                int preemptions = i == 0 ? 0 : _steps[i - 1].Preemptions + (IsPreemption(i, actor) ? 1 : 0);
                if (preemptions > options.MostPreemptions)
                {
                    IsBounded = true;
                    step.Done |= ActorSet.Of(actor);
                    continue;
                }

                step.Actor = actor;
                step.Age = 0;
                step.Ages = 1;
                step.OldLoads = oldBefore;
                step.Preemptions = preemptions;
                _prefix = i + 1;
                return true;
            }
        }

        return false;
    }

    /// <summary>A fence in all threads is about where each of them is: as if it stored to a place that each step of a thread loads.</summary>
    private Operation OfEverywhere(in Operation operation) => operation.Kind switch
    {
        OpKind.FenceAll => new Operation { Kind = OpKind.FenceAll, Location = _everywhere, Thread = operation.Thread },
        OpKind.Flush => default,
        _ => new Operation { Kind = OpKind.Read, Location = _everywhere, Thread = operation.Thread },
    };

    private bool Conflict(in Operation a, in Operation b)
        => Operation.Conflict(a, b) || Operation.Conflict(OfEverywhere(a), OfEverywhere(b));

    private static int IdOf(in Operation operation) => operation.Location?.Id ?? -1;

    private static InvalidOperationException Undetermined()
        => new("The same choices led elsewhere: the program depends on something besides its schedule (time, chance, what an earlier execution left).");

    private static int Checked(int actor, ActorSet enabled) => enabled.Contains(actor) ? actor : throw Undetermined();

    /// <summary>First what makes the machine look strong and spares switches: the current thread's stores, the current thread, other stores, others.</summary>
    private static int Default(Execution execution, ActorSet candidates, ModelThread? current)
    {
        int lowestStore = -1;
        for (ActorSet left = candidates; !left.IsEmpty; left = left.Without(left.Lowest()))
        {
            int actor = left.Lowest();
            if (!Execution.IsThread(actor))
            {
                if (ReferenceEquals(execution.ThreadOf(actor), current))
                {
                    return actor;
                }

                lowestStore = lowestStore < 0 ? actor : lowestStore;
            }
        }

        return current is not null && candidates.Contains(current.Actor) ? current.Actor
            : lowestStore >= 0 ? lowestStore
            : candidates.Lowest();
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
                return _steps[i].Actor != actor && _steps[depth].Enabled.Contains(_steps[i].Actor);
            }
        }

        return false;
    }

    private ActorSet SleepAfter(Execution execution, Step step, in Operation operation)
    {
        ActorSet sleep = ActorSet.None;
        for (ActorSet left = (step.Sleep | step.Done) & ~ActorSet.Of(step.Actor); !left.IsEmpty; left = left.Without(left.Lowest()))
        {
            int actor = left.Lowest();
            Operation pending = execution.PendingOf(actor);
            bool wakes = pending.Kind == OpKind.Yield && operation.Kind is OpKind.Flush or OpKind.ReadWrite or OpKind.Lock;
            if (!wakes && !Conflict(pending, operation))
            {
                sleep |= ActorSet.Of(actor);
            }
        }

        return sleep;
    }

    private void JoinLocation(in Operation operation, int actor, int[] clock)
    {
        Location location = operation.Location!;
        int last = operation.Kind == OpKind.Read ? location.LastWriteFor(operation.Thread) : location.LastWrite;
        if (last >= 0)
        {
            Clocks.Join(clock, _steps[last].Clock);
        }

        if (operation.Kind == OpKind.Read)
        {
            location.Readers[actor] = Depth;
            location.ReaderMask |= 1ul << actor;
            return;
        }

        ulong own = OwnLoads(operation);
        for (ulong left = location.ReaderMask & ~own; left != 0; left &= left - 1)
        {
            Clocks.Join(clock, _steps[location.Readers[BitOperations.TrailingZeroCount(left)]].Clock);
        }

        location.ReaderMask &= own;
        if (location.LastWriter != operation.Thread)
        {
            location.LastOtherWrite = location.LastWrite;
            location.LastWriter = operation.Thread;
        }

        location.LastWrite = Depth;
        if (operation.Kind is OpKind.Lock or OpKind.ReadWrite)
        {
            location.LastAcquire = Depth;
        }
    }

    /// <summary>The loads that a store does not depend on: those of its own thread, as an actor.</summary>
    private static ulong OwnLoads(in Operation operation) => operation.Kind == OpKind.Flush ? 1ul << (2 * operation.Thread) : 0;

    private void FindRaces(int actor, in Operation operation, int[] before)
    {
        if (operation.Location is not { } location)
        {
            return;
        }

        bool after = false;
        if (operation.Kind != OpKind.Read)
        {
            for (ulong left = location.ReaderMask & ~(1ul << actor) & ~OwnLoads(operation); left != 0; left &= left - 1)
            {
                int reader = location.Readers[BitOperations.TrailingZeroCount(left)];
                after |= _steps[reader].Operation.Thread != location.LastWriter;
                TryOtherOrder(reader, actor, operation, before);
            }
        }

        // An unlock and the lock that follows can't change places, but the two locks can. What loads after the last store comes between it and this one.
        bool locks = operation.Kind == OpKind.Lock;
        if (locks || !after)
        {
            int last = locks ? location.LastAcquire : operation.Kind == OpKind.Read ? location.LastWriteFor(operation.Thread) : location.LastWrite;
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
        if (raced.Actor == actor || raced.HappensBefore(before))
        {
            return;
        }

        // The threads that can come first among the steps that don't depend on the raced one, followed by this one.
        ActorSet initials = ActorSet.None;
        ActorSet seen = ActorSet.None;
        bool conflict = false;
        for (int i = at + 1; i < Depth; i++)
        {
            Step step = _steps[i];
            if (raced.HappensBefore(step.Clock))
            {
                continue;
            }

            if (!seen.Contains(step.Actor))
            {
                if (!DependsOnAny(seen, step.Clock))
                {
                    initials |= ActorSet.Of(step.Actor);
                }

                seen |= ActorSet.Of(step.Actor);
                _first[step.Actor] = step.Index;
            }

            conflict = conflict || Conflict(step.Operation, operation);
        }

        if (!seen.Contains(actor) && !conflict && !DependsOnAny(seen, before))
        {
            initials |= ActorSet.Of(actor);
        }

        if (!(initials & (raced.Backtrack | raced.Done | raced.Sleep)).IsEmpty)
        {
            return;
        }

        ActorSet usable = initials & raced.Enabled;
        raced.Backtrack |= usable.IsEmpty ? raced.Enabled
            : usable.Contains(actor) ? ActorSet.Of(actor)
            : ActorSet.Of(usable.Lowest());
    }

    private bool DependsOnAny(ActorSet seen, int[] clock)
    {
        for (; !seen.IsEmpty; seen = seen.Without(seen.Lowest()))
        {
            int actor = seen.Lowest();
            if (_first[actor] <= clock[actor])
            {
                return true;
            }
        }

        return false;
    }
}
