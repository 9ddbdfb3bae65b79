using System.Globalization;
using System.Text;
using Goroutines.Runtime;

namespace Goroutines.Race;

/// <summary>Turns races into reports, and keeps them for the tests that watch. Each pair of places is reported once per runtime.</summary>
internal sealed class RaceReporter
{
    private const string OneOfSeveral = "one of several goroutines, tasks or threads (too many live at once to tell them apart)";
    private const string Forgotten = "a goroutine, task or thread that ended too long ago for its name to be remembered";

    private readonly Lock _lock = new();
    private readonly Dictionary<object, TestWorld> _tests = new(ReferenceEqualityComparer.Instance);

    /// <summary>The pairs of places outside of tests that have been reported.</summary>
    private readonly HashSet<(int First, int Second)> _seen = [];
    private readonly List<RaceFinding> _unwatched = [];
    private int _worlds;
    private int _checks;

    /// <summary>Whether the stack of any access is requested.</summary>
    internal static volatile bool IsArmed;

    internal IReadOnlyList<RaceFinding> Unwatched
    {
        get
        {
            lock (_lock)
            {
                return [.. _unwatched];
            }
        }
    }

    internal void Watch(object runtime, RaceStackRequest? stack)
    {
        lock (_lock)
        {
            _tests[runtime] = new TestWorld(++_worlds, stack);
            IsArmed = _tests.Values.Any(static test => test.Request is not null);
        }
    }

    internal void Check(int change)
    {
        lock (_lock)
        {
            _checks += change;
        }
    }

    /// <summary>Returns the test that a runtime runs; null if there is none.</summary>
    internal TestWorld? TestOf(object runtime)
    {
        lock (_lock)
        {
            return _tests.GetValueOrDefault(runtime);
        }
    }

    /// <summary>Ends a test, and returns its races.</summary>
    internal IReadOnlyList<RaceFinding> Take(object runtime)
    {
        lock (_lock)
        {
            if (!_tests.Remove(runtime, out TestWorld? test))
            {
                return [];
            }

            test.IsOver = true;
            IsArmed = _tests.Values.Any(static other => other.Request is not null);
            return test.Findings;
        }
    }

    /// <summary>Captures the stack of an access, if it was requested.</summary>
    internal void Capture(Strand strand, int site)
    {
        if (strand.Test is { Request: { } request } test && request.Goroutine == strand.GoroutineId && request.Site == site
            && request.Releases == strand.Epoch - strand.FirstEpoch)
        {
            string stack = StackOf(strand);
            lock (_lock)
            {
                test.Stack = stack;
            }
        }
    }

    internal void Report(Strand strand, AccessKind kind, int site, in ShadowMemory.Record earlier)
    {
        StrandIdentity? other = StrandSlots.Find(earlier.Slot, earlier.Epoch, out bool isOneOfSeveral);
        RaceStackRequest? request = other is { GoroutineId: not 0 } known ? new RaceStackRequest(known.GoroutineId, earlier.Epoch - known.FirstEpoch, earlier.Site) : null;
        string otherName = other?.Name ?? (isOneOfSeveral ? OneOfSeveral : Forgotten);
        lock (_lock)
        {
            TestWorld? test = strand.Test is { IsOver: false } running ? running : null;
            if (!(test?.Seen ?? _seen).Add((Math.Min(site, earlier.Site), Math.Max(site, earlier.Site))))
            {
                return;
            }

            string? stack = test?.Stack is { } captured && test.Request == request ? captured : null;
            RaceFinding finding = new(Format(strand, kind, site, other, otherName, earlier, stack), stack is null ? request : null);
            if (test is not null)
            {
                test.Findings.Add(finding);
                return;
            }

            _unwatched.Add(finding);
            if (_checks == 0)
            {
                RaceOutput.Print(finding.Report);
            }
        }
    }

    private static string Format(Strand strand, AccessKind kind, int site, StrandIdentity? other, string otherName, in ShadowMemory.Record earlier, string? earlierStack)
    {
        StringBuilder text = new();
        RaceSite here = RaceSites.Find(site);
        RaceSite there = RaceSites.Find(earlier.Site);
        text.Append("WARNING: DATA RACE\n");
        text.Append(Verb(kind)).Append(" of ").Append(here.Variable).Append(" by ").Append(strand.Identity.Name).Append(":\n");
        text.Append(RaceStack.Of(here, StackOf(strand)));
        text.Append('\n').Append("Previous ").Append(Verb(earlier.Kind).ToLowerInvariant());
        if (there.Variable != here.Variable)
        {
            text.Append(" of ").Append(there.Variable);
        }

        text.Append(" by ").Append(otherName).Append(":\n");
        text.Append(RaceStack.Of(there, earlierStack));
        AppendOrigin(text, strand.Identity);
        if (other is { } known)
        {
            AppendOrigin(text, known);
        }

        return text.ToString();
    }

    private static void AppendOrigin(StringBuilder text, in StrandIdentity strand)
    {
        if (strand.File is { Length: > 0 } file)
        {
            string name = strand.Name;
            text.Append('\n').Append(char.ToUpperInvariant(name[0])).Append(name.AsSpan(1)).Append(strand.HasFinished ? " (finished)" : " (running)")
                .Append(CultureInfo.InvariantCulture, $" created at:\n      {file}:{strand.Line}\n");
        }
    }

    /// <summary>Returns the stack of the current access. For a deferred operation, it is the stack at which the operation was
    /// begun.</summary>
    private static string StackOf(Strand strand) => RaceStack.Capture() is { Length: > 0 } stack ? stack : strand.OperationStack ?? "";

    private static string Verb(AccessKind kind) => kind switch
    {
        AccessKind.Read => "Read",
        AccessKind.Write => "Write",
        AccessKind.Atomic => "Atomic read",
        _ => "Atomic write",
    };
}
