using System.Runtime.InteropServices;
using Goroutines.Diagnostics.Formats;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>Sums up a trace by creation site.</summary>
internal static class Summarizer
{
    private const int MostSpikes = 10;

    internal static TraceSummary Summarize(TraceModel model)
    {
        Dictionary<ushort, Sums> sites = [];
        Dictionary<long, (long Since, ushort Reason, ushort Site)> waiting = [];
        TraceTurn[] turns = [.. model.Turns];
        Array.Sort(turns, static (a, b) => a.Begin.CompareTo(b.Begin));
        foreach (ref readonly TraceTurn turn in turns.AsSpan())
        {
            ref Sums? sums = ref CollectionsMarshal.GetValueRefOrAddDefault(sites, turn.Site, out _);
            sums ??= new Sums();
            sums.Goroutines.Add(turn.Goroutine);
            if (turn.IsBlocking)
            {
                sums.Blocking += turn.End - turn.Begin;
                continue;
            }

            sums.Turns.Add(turn.End - turn.Begin);
            if (turn.RunnableSince >= 0)
            {
                sums.Runnable.Add(turn.Begin - turn.RunnableSince);
            }

            if (waiting.Remove(turn.Goroutine, out (long Since, ushort Reason, ushort Site) wait))
            {
                sums.AddWait(wait.Reason, (turn.RunnableSince >= 0 ? turn.RunnableSince : turn.Begin) - wait.Since);
            }

            if (turn.Reason < TraceEvent.Yielded)
            {
                waiting[turn.Goroutine] = (turn.End, turn.Reason, turn.Site);
            }
        }

        foreach ((long since, ushort reason, ushort site) in waiting.Values)
        {
            sites[site].AddWait(reason, model.End - since);
        }

        SourcePaths paths = new(sites.Keys.Select(static site => TraceSites.Get(site).File));
        List<TraceSiteSummary> summaries = [.. sites.Select(pair => pair.Value.ToSummary(TraceSites.Get(pair.Key), paths)).OrderByDescending(static site => site.Running)];
        TraceMark[] collections = [.. model.Marks.Where(static mark => mark.Kind == TraceEventKind.Collection)];
        return new TraceSummary(Span(model.End - model.Begin), summaries, Spikes(model, turns), Tasks(model), collections.Length, Span(collections.Sum(static mark => mark.First)));
    }

    private static List<TraceTaskSummary> Tasks(TraceModel model)
    {
        Dictionary<string, TraceTaskSummary> tasks = [];
        foreach (TraceTaskSpan task in model.Tasks)
        {
            ref TraceTaskSummary? summary = ref CollectionsMarshal.GetValueRefOrAddDefault(tasks, task.Name, out _);
            summary ??= new TraceTaskSummary(task.Name);
            if (task.IsWhole)
            {
                summary.Times.Add(task.End - task.Begin);
            }
            else
            {
                summary.Unfinished++;
            }
        }

        return [.. tasks.Values.OrderByDescending(static task => task.Times.TotalNanoseconds)];
    }

    private static List<TraceSpike> Spikes(TraceModel model, TraceTurn[] turns)
    {
        IEnumerable<TraceTurn> late = turns.Where(static turn => turn.RunnableSince >= 0 && !turn.IsBlocking && turn.Begin > turn.RunnableSince)
            .OrderByDescending(static turn => turn.Begin - turn.RunnableSince).Take(MostSpikes);
        List<TraceSpike> spikes = [];
        foreach (TraceTurn turn in late)
        {
            int count = 0;
            TraceTurn longest = default;
            foreach (ref readonly TraceTurn other in turns.AsSpan())
            {
                if (other.Proc == turn.Proc && other.Begin < turn.Begin && other.End > turn.RunnableSince)
                {
                    count++;
                    longest = other.End - other.Begin > longest.End - longest.Begin ? other : longest;
                }
            }

            spikes.Add(new TraceSpike(turn.Goroutine, TraceSites.Get(turn.Site).Name, Span(turn.Begin - model.Begin), Span(turn.Begin - turn.RunnableSince),
                count == 0 ? "" : TraceSites.Get(longest.Site).Name, Span(longest.End - longest.Begin), count));
        }

        return spikes;
    }

    private static TimeSpan Span(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / 100);

    private sealed class Sums
    {
        private readonly Dictionary<string, TraceHistogram> _waits = [];

        internal readonly HashSet<long> Goroutines = [];
        internal readonly TraceHistogram Turns = new();
        internal readonly TraceHistogram Runnable = new();
        internal long Blocking;

        internal void AddWait(ushort reason, long nanoseconds)
        {
            ref TraceHistogram? waits = ref CollectionsMarshal.GetValueRefOrAddDefault(_waits, TraceModel.TextOf(reason), out _);
            waits ??= new TraceHistogram();
            waits.Add(nanoseconds);
        }

        internal TraceSiteSummary ToSummary(TraceSite site, SourcePaths paths)
            => new(site.Name, site.File.Length == 0 ? "" : $"{paths.Cut(site.File)}:{site.Line}", Turns, Runnable, _waits)
            {
                Goroutines = Goroutines.Count,
                InBlockingRegions = Span(Blocking),
            };
    }
}
