namespace Goroutines.Diagnostics;

/// <summary>How sure a <see cref="Finding"/> is.</summary>
public enum FindingCertainty
{
    /// <summary>It may be as it should be: a person has to look.</summary>
    Suspected,

    /// <summary>It was measured; whether it is a fault is for a person to say.</summary>
    Measured,

    /// <summary>It is so: the goroutines named can't go on by themselves. Of locks it is taken for granted that they are unlocked by those that locked them.</summary>
    Proved,
}
