namespace Goroutines.Diagnostics;

/// <summary>Says how certain a <see cref="Finding"/> is.</summary>
public enum FindingCertainty
{
    /// <summary>It may be intended; a person has to check.</summary>
    Suspected,

    /// <summary>It was measured; a person has to decide whether it is a fault.</summary>
    Measured,

    /// <summary>It is certain: the named goroutines cannot go on by themselves. This assumes that each lock is unlocked by the goroutine
    /// that locked it.</summary>
    Proved,
}
