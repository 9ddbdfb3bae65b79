namespace Tour;

/// <summary>One stop of the tour: a small program of its own, run from outside any goroutine.</summary>
internal abstract class Step
{
    /// <summary>What it is about, in a few words.</summary>
    internal abstract string Title { get; }

    /// <summary>What it does, in a sentence or two.</summary>
    internal abstract string Shows { get; }

    /// <summary>Does it, and notes what it found.</summary>
    internal abstract void Run(Findings findings);
}
