using System.Diagnostics;

namespace Goroutines.Diagnostics;

/// <summary>Describes a fault, or a possible fault, of goroutines in words. It is immutable.</summary>
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

    /// <summary>Gets the kind: <c>deadlock</c>, <c>collected</c>, <c>never-woken</c>, <c>held-while-waiting</c>, <c>abandoned-senders</c>,
    /// <c>abandoned-receivers</c>, <c>growing-site</c>, <c>old-for-site</c>, <c>slow-turn</c>, <c>self-waking</c>, <c>starved</c>,
    /// <c>hot-lock</c>, <c>hot-channel</c>, <c>threads</c> or <c>panics</c>.</summary>
    public string Kind { get; }

    /// <summary>Gets how certain the finding is.</summary>
    public FindingCertainty Certainty { get; }

    /// <summary>Gets the finding in one line.</summary>
    public string Title { get; }

    /// <summary>Gets what was observed, in one or more lines.</summary>
    public string Detail { get; }

    /// <summary>Gets what to look at next.</summary>
    public string Advice { get; }

    /// <summary>Gets where the goroutines were created, as <c>folder/file:line</c>; empty if there are several places or none is
    /// known.</summary>
    public string Site { get; internal init; } = "";

    /// <summary>Gets how many goroutines it concerns.</summary>
    public long Count { get; internal init; }

    /// <summary>Gets the ids of the goroutines that it concerns, at most the first hundred.</summary>
    public IReadOnlyList<long> Goroutines { get; internal init; } = [];

    /// <summary>Returns the finding in one line.</summary>
    /// <returns>Its kind and its title.</returns>
    public override string ToString() => $"{Kind}: {Title}";
}
