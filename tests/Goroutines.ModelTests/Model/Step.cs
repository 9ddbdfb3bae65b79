namespace Goroutines.ModelTests.Model;

/// <summary>One step of an execution and the choice that led to it: what was taken, what could be, and what is still to be tried.</summary>
internal sealed class Step
{
    internal int Actor;
    internal Operation Operation;
    internal int LocationId;

    /// <summary>Its number among the steps of its actor, from 1.</summary>
    internal int Index;

    /// <summary>By actor: how many of its steps happen before this one (or are this one).</summary>
    internal readonly int[] Clock = new int[Execution.MostActors];

    /// <summary>Actors that could go on before this step.</summary>
    internal ulong Enabled;

    /// <summary>Actors to try here.</summary>
    internal ulong Backtrack;

    /// <summary>Actors tried here to the end.</summary>
    internal ulong Done;

    /// <summary>Actors that need not be tried here: what they lead to has been seen by another way.</summary>
    internal ulong Sleep;

    /// <summary>How often, up to here, a thread was left though it could go on.</summary>
    internal int Preemptions;

    internal bool HappensBefore(int[] clock) => Index <= clock[Actor];
}
