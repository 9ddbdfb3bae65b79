using System.Diagnostics.Metrics;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Exposes what the process's runtimes do as instruments of the meter <c>Goroutines</c>. They are read when there is a listener, from plain
/// counters that the scheduler has anyway.</summary>
internal static class Metrics
{
    private static readonly Meter s_meter = new("Goroutines");

    static Metrics()
    {
        s_meter.CreateObservableUpDownCounter("goroutines.count", static () => Read(static s => s.Count), "{goroutine}", "Goroutines that exist.");
        s_meter.CreateObservableCounter("goroutines.spawned", static () => Read(static s => s.Spawned), "{goroutine}", "Goroutines started.");
        s_meter.CreateObservableCounter("goroutines.collected", static () => Read(static s => s.Collected), "{goroutine}", "Goroutines that were garbage collected while they were parked, because nothing could wake them any more: leaks.");
        s_meter.CreateObservableCounter("goroutines.turns", static () => Read(static s => s.Turns), "{turn}", "Turns that goroutines were given, each from one wait to the next.");
        s_meter.CreateObservableCounter("goroutines.steals", static () => Read(static s => s.Steals), "{steal}", "Times a worker took goroutines out of another one's queue.");
        s_meter.CreateObservableUpDownCounter("goroutines.queued", static () => Read(static s => s.Queued), "{goroutine}", "Goroutines that are ready and wait for their turn.");
        s_meter.CreateObservableUpDownCounter("goroutines.processors", static () => Read(static s => s.MaxProcs), "{processor}", "How many goroutines may run at once.");
        s_meter.CreateObservableUpDownCounter("goroutines.processors.idle", static () => Read(static s => s.IdleProcs), "{processor}", "Processors without work.");
        s_meter.CreateObservableUpDownCounter("goroutines.workers", static () => Read(static s => s.Workers), "{thread}", "Worker threads, those of goroutines with a stack of their own included.");
        s_meter.CreateObservableCounter("goroutines.workers.wakes", static () => Read(static s => s.WorkerWakes), "{wake}", "Times a worker was woken, or started, for work that others had.");
        s_meter.CreateObservableUpDownCounter("goroutines.state", States, "{goroutine}", "Goroutines by state: runnable, running, blocking, waiting.");
        s_meter.CreateObservableCounter("goroutines.collected.by_site", CollectedSites, "{goroutine}", "Goroutines that were garbage collected while they were parked, by where they were created, while that is counted.");
        s_meter.CreateObservableCounter("goroutines.panics", static () => Read(static s => s.Panics.Count), "{panic}", "Exceptions that left a goroutine nobody joins.");
        s_meter.CreateObservableUpDownCounter("goroutines.stack.threads", static () => Read(static s => s.StackThreads), "{thread}", "Threads of goroutines with a stack of their own.");
        s_meter.CreateObservableUpDownCounter("goroutines.timers", static () => Read(static s => s.Timers), "{timer}", "Timers that are armed, or were stopped lately.");
        s_meter.CreateObservableCounter("goroutines.stalled.time", static () => LastingRuntimes.All().ConvertAll(static s => new Measurement<double>(s.StalledNanoseconds / 1e9, Tag(s))), "s", "For how long at least one goroutine was ready and waited for a turn, as sampled.");
        s_meter.CreateObservableCounter("goroutines.workers.sleeps", static () => Read(static s => s.WorkerSleeps), "{sleep}", "Times a worker ran out of work.");
    }

    /// <summary>Creates the instruments, unless they exist.</summary>
    internal static void Enable() => _ = s_meter.Name;

    private static KeyValuePair<string, object?> Tag(Scheduler scheduler) => new("goroutines.runtime", scheduler.Name);

    private static List<Measurement<long>> States()
    {
        List<Measurement<long>> states = [];
        foreach (Scheduler scheduler in LastingRuntimes.All())
        {
            (int running, int blocking) = scheduler.InTurns();
            long runnable = scheduler.Queued;
            Add("runnable", runnable);
            Add("running", running);
            Add("blocking", blocking);
            Add("waiting", Math.Max(0, scheduler.Count - runnable - running - blocking));

            void Add(string state, long count) => states.Add(new Measurement<long>(count, Tag(scheduler), new KeyValuePair<string, object?>("goroutines.state", state)));
        }

        return states;
    }

    private static List<Measurement<long>> CollectedSites()
        => [.. LastingRuntimes.All().SelectMany(static scheduler => scheduler.CollectedSites.Select(site => new Measurement<long>(site.Value, Tag(scheduler), new KeyValuePair<string, object?>("goroutines.site", site.Key))))];

    private static List<Measurement<long>> Read(Func<Scheduler, long> value)
        => LastingRuntimes.All().ConvertAll(scheduler => new Measurement<long>(value(scheduler), Tag(scheduler)));
}
