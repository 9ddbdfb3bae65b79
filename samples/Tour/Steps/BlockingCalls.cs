using System.Diagnostics;
using Goroutines;

namespace Tour.Steps;

/// <summary>Blocked threads beside goroutines that go on.</summary>
internal sealed class BlockingCalls : Step
{
    private const int OfEachKind = 100;
    private const int Hidden = 20;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    internal override string Title => "Blocking calls";

    internal override string Shows =>
        "Hundreds of goroutines block their threads for a second in four ways, announced or not; a ticker goes on beside them.";

    internal override void Run(Findings findings) => Go.Main(async () =>
    {
        var mutex = new Lock();
        var clock = Stopwatch.StartNew();
        var blocked = new List<Goroutine>();

        Start(blocked, OfEachKind, () => Go.Blocking(() => Thread.Sleep(s_pause)));
        Start(blocked, OfEachKind, () => Task.Delay(s_pause).Wait());
        Start(blocked, OfEachKind, () =>
        {
            lock (mutex) // the first holds it for the second that the others wait
            {
                if (clock.Elapsed < s_pause)
                {
                    Thread.Sleep(s_pause);
                }
            }
        });
        Start(blocked, Hidden, () => Thread.Sleep(s_pause));

        using var stop = new CancellationTokenSource();
        var ticker = Go.Run(() => Ticks.CountAsync(stop.Token));

        foreach (var goroutine in blocked)
        {
            await goroutine;
        }

        var elapsed = clock.Elapsed;
        await stop.CancelAsync();
        var (ticks, worst) = await ticker;

        findings.Fact("Go.Blocking", $"{OfEachKind} goroutines");
        findings.Fact("Task.Wait", $"{OfEachKind} goroutines");
        findings.Fact("contended lock", $"{OfEachKind} goroutines");
        findings.Fact("Thread.Sleep", $"{Hidden} goroutines");
        findings.Fact("all done after", Format.Time(elapsed));
        findings.Fact("ticks meanwhile", $"{ticks} of 1 ms, the latest {Format.Time(worst)} late");
        findings.Check("they blocked side by side", elapsed < s_pause * 5);
        findings.Check("the ticker went on", ticks >= 50);
    });

    private static void Start(List<Goroutine> goroutines, int count, Action block)
    {
        for (var i = 0; i < count; i++)
        {
            goroutines.Add(Go.Run(() =>
            {
                block();
                return ValueTask.CompletedTask;
            }));
        }
    }
}
