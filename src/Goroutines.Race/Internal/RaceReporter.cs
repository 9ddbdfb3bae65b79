using System.Text;
using Goroutines.Runtime;

namespace Goroutines.Race;

/// <summary>Turns races into reports, and keeps them for the tests that watch. Each pair of places is reported once per runtime.</summary>
internal sealed class RaceReporter
{
    private readonly Lock _lock = new();
    private readonly HashSet<(object? Runtime, int First, int Second)> _seen = [];
    private readonly Dictionary<object, Watched> _watched = new(ReferenceEqualityComparer.Instance);
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
            _watched[runtime] = new Watched(stack, ++_worlds);
            IsArmed = _watched.Values.Any(static watched => watched.Request is not null);
        }
    }

    internal void Check(int change)
    {
        lock (_lock)
        {
            _checks += change;
        }
    }

    /// <summary>Returns the number of the test to which a runtime belongs; 0 if there is none.</summary>
    internal int WorldOf(object runtime)
    {
        lock (_lock)
        {
            return _watched.TryGetValue(runtime, out Watched? watched) ? watched.World : 0;
        }
    }

    internal IReadOnlyList<RaceFinding> Take(object runtime)
    {
        lock (_lock)
        {
            _watched.Remove(runtime, out Watched? watched);
            _seen.RemoveWhere(seen => ReferenceEquals(seen.Runtime, runtime));
            IsArmed = _watched.Values.Any(static watched => watched.Request is not null);
            return watched?.Findings ?? [];
        }
    }

    /// <summary>Captures the stack of an access, if it was requested.</summary>
    internal void Capture(Strand strand, int site)
    {
        Watched? watched;
        lock (_lock)
        {
            if (strand.Runtime is null || !_watched.TryGetValue(strand.Runtime, out watched) || watched.Request is not { } request
                || request.Goroutine != strand.GoroutineId || request.Site != site || request.Releases != strand.Epoch - strand.FirstEpoch)
            {
                return;
            }
        }

        watched.Stack = StackOf(strand);
    }

    internal void Report(Strand strand, AccessKind kind, int site, in ShadowMemory.Record earlier)
    {
        Strand? other = StrandSlots.Find(earlier.Slot, earlier.Epoch);
        object? runtime = strand.Runtime ?? other?.Runtime;
        RaceStackRequest? request = other is { GoroutineId: not 0 } ? new RaceStackRequest(other.GoroutineId, earlier.Epoch - other.FirstEpoch, earlier.Site) : null;
        lock (_lock)
        {
            Watched? watched = null;
            bool isWatched = runtime is not null && _watched.TryGetValue(runtime, out watched);
            if (!_seen.Add((isWatched ? runtime : null, Math.Min(site, earlier.Site), Math.Max(site, earlier.Site))))
            {
                return;
            }

            string? stack = watched?.Stack is { } captured && watched.Request == request ? captured : null;
            RaceFinding finding = new(Format(strand, kind, site, other, earlier, stack), stack is null ? request : null);
            if (watched is not null)
            {
                watched.Findings.Add(finding);
                return;
            }

            _unwatched.Add(finding);
            if (_checks == 0)
            {
                RaceOutput.Print(finding.Report);
            }
        }
    }

    private static string Format(Strand strand, AccessKind kind, int site, Strand? other, in ShadowMemory.Record earlier, string? earlierStack)
    {
        StringBuilder text = new();
        RaceSite here = RaceSites.Find(site);
        RaceSite there = RaceSites.Find(earlier.Site);
        text.Append("WARNING: DATA RACE\n");
        text.Append(Verb(kind)).Append(" of ").Append(here.Variable).Append(" by ").Append(strand.Name).Append(":\n");
        text.Append(RaceStack.Of(here, StackOf(strand)));
        text.Append('\n').Append("Previous ").Append(Verb(earlier.Kind).ToLowerInvariant());
        if (there.Variable != here.Variable)
        {
            text.Append(" of ").Append(there.Variable);
        }

        text.Append(" by ").Append(other?.Name ?? "a strand that has ended").Append(":\n");
        text.Append(RaceStack.Of(there, earlierStack));
        foreach (Strand created in new[] { strand, other }.OfType<Strand>().Distinct())
        {
            if (created.Origin is { } origin)
            {
                text.Append('\n').Append(char.ToUpperInvariant(created.Name[0])).Append(created.Name.AsSpan(1)).Append(" created at:\n      ").Append(origin).Append('\n');
            }
        }

        return text.ToString();
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

    private sealed class Watched(RaceStackRequest? request, int world)
    {
        internal int World => world;

        internal RaceStackRequest? Request => request;

        internal List<RaceFinding> Findings { get; } = [];

        internal string? Stack { get; set; }
    }
}
