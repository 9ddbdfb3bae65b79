using System.Globalization;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Measures progress between two looks: finds turns that do not end, and ready goroutines that get no turn.</summary>
internal sealed class Progress
{
    private readonly long _turns;
    private readonly (P P, G Goroutine, long Turn)[] _running;
    private readonly long _at;

    private Progress(Look look)
    {
        Scheduler scheduler = look.Scheduler;
        _at = Clock.SystemNanoseconds();
        _turns = scheduler.Turns;
        _running = [.. scheduler.AllPs.Where(static p => p.Status == PStatus.Running && p.Worker?.CurrentG is not null)
            .Select(static p => (p, Goroutine: p.Worker?.CurrentG!, Volatile.Read(ref p.TurnTick))).Where(static each => each.Goroutine is not null)];
    }

    internal static Progress Of(Look look) => new(look);

    internal void AddMeasured(List<Finding> findings, Look look, FindingOptions options)
    {
        Scheduler scheduler = look.Scheduler;
        long between = Clock.SystemNanoseconds() - _at;
        foreach ((P p, G g, long turn) in _running)
        {
            if (p.Status == PStatus.Running && Volatile.Read(ref p.TurnTick) == turn && ReferenceEquals(p.Worker?.CurrentG, g) && g.Status == GStatus.Running)
            {
                string site = Sites.Of(g, fullPaths: false);
                findings.Add(new Finding(
                    "slow-turn",
                    FindingCertainty.Measured,
                    $"Goroutine {g.Id} has had its turn for more than {Words.Age(between)}",
                    $"{Words.Goroutine(g)} computes, or blocks its thread without saying so, and gives way to nobody.",
                    "Call await Go.Yield() in long loops; put calls that block into Go.Blocking.")
                {
                    Site = site,
                    Count = 1,
                    Goroutines = [g.Id],
                });
            }
        }

        if (scheduler.Turns == _turns && scheduler.Queued is var queued and > 0)
        {
            findings.Add(new Finding(
                "starved",
                FindingCertainty.Measured,
                $"{Words.Many(queued, "is", "are")} ready, and none has had a turn for more than {Words.Age(between)}",
                string.Create(CultureInfo.InvariantCulture, $"All of the {scheduler.MaxProcs} goroutines that may run at a time are in turns that do not end."),
                "See the goroutines that are running, and the findings about slow turns.")
            {
                Count = queued,
            });
        }

        int stackful = scheduler.Stacks.Threads.Length;
        if (stackful >= options.Many && stackful > scheduler.Threads.Most * 8L / 10)
        {
            findings.Add(new Finding(
                "threads",
                FindingCertainty.Measured,
                string.Create(CultureInfo.InvariantCulture, $"{stackful} of {scheduler.Threads.Most} threads are taken by goroutines with a stack of their own"),
                "A goroutine whose body is synchronous keeps a thread while it waits. When all are taken, the next ones wait for one.",
                "Write bodies that wait as async methods; they cost a few hundred bytes each.")
            {
                Count = stackful,
            });
        }

        if (scheduler.Panics.Count is var panics and > 0 && ReferenceEquals(scheduler.Panics.Handler, scheduler.Reports.DefaultPanicHandler))
        {
            findings.Add(new Finding(
                "panics",
                FindingCertainty.Measured,
                panics == 1 ? "1 panic was only printed" : string.Create(CultureInfo.InvariantCulture, $"{panics:N0} panics were only printed"),
                "An exception left a goroutine that nobody joins. The default handler writes it to standard error and lets the program go on.",
                "Set Go.PanicHandler to log them, or to PanicHandlers.Exit to end the program as Go does.")
            {
                Count = panics,
            });
        }
    }
}
