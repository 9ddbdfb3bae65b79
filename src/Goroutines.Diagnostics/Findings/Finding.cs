using System.Diagnostics;

namespace Goroutines.Diagnostics;

/// <summary>Something that is, or may be, wrong with goroutines, in words. It does not change.</summary>
[DebuggerDisplay("{Certainty} {Kind,nq}: {Title,nq}")]
public sealed class Finding
{
    internal Finding(string kind, FindingCertainty certainty, string title, string detail, string advice)
    {
        Kind = kind;
        Certainty = certainty;
        Title = title;
        Detail = detail;
        Advice = advice;
    }

    /// <summary>Its kind: <c>deadlock</c>, <c>collected</c>, <c>never-woken</c>, <c>held-while-waiting</c>, <c>abandoned-senders</c>, <c>abandoned-receivers</c>, <c>growing-site</c>,
    /// <c>old-for-site</c>, <c>slow-turn</c>, <c>self-waking</c>, <c>starved</c>, <c>hot-lock</c>, <c>hot-channel</c>, <c>threads</c> or <c>panics</c>.</summary>
    public string Kind { get; }

    /// <summary>How sure it is.</summary>
    public FindingCertainty Certainty { get; }

    /// <summary>What it is, in a line.</summary>
    public string Title { get; }

    /// <summary>What was seen, in lines.</summary>
    public string Detail { get; }

    /// <summary>What to look at next.</summary>
    public string Advice { get; }

    /// <summary>Where the goroutines were created, as <c>folder/file:line</c>; empty if there are several places or none.</summary>
    public string Site { get; internal init; } = "";

    /// <summary>How many goroutines it concerns.</summary>
    public long Count { get; internal init; }

    /// <summary>The ids of the goroutines that it concerns, of many the first hundred.</summary>
    public IReadOnlyList<long> Goroutines { get; internal init; } = [];

    /// <summary>The finding in a line.</summary>
    /// <returns>Its kind and its title.</returns>
    public override string ToString() => $"{Kind}: {Title}";
}
