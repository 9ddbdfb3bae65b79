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
    internal ActorSet Enabled;

    /// <summary>Actors to try here.</summary>
    internal ActorSet Backtrack;

    /// <summary>Actors tried here to the end.</summary>
    internal ActorSet Done;

    /// <summary>Actors that need not be tried here: what they lead to has been seen by another way.</summary>
    internal ActorSet Sleep;

    /// <summary>How often, up to here, a thread was left though it could go on.</summary>
    internal int Preemptions;

    /// <summary>How often the word that a load has found was replaced before: 0 for what is in memory.</summary>
    internal int Age;

    /// <summary>How many such choices the load has.</summary>
    internal int Ages;

    /// <summary>How many loads, up to here, have found an old value.</summary>
    internal int OldLoads;

    internal bool HappensBefore(int[] clock) => Index <= clock[Actor];
}
