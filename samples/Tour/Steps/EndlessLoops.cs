using Goroutines;

namespace Tour.Steps;

/// <summary>Goroutines that never give way.</summary>
internal sealed class EndlessLoops : Step
{
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(1);

    internal override string Title => "Endless loops";

    internal override string Shows =>
        "One loop without an await for each processor, for a second; a ticker still gets its turns.";

    internal override void Run(Findings findings) => Go.Main(async () =>
    {
        var stop = false;
        var loops = Enumerable.Range(0, Go.MaxProcs).Select(_ => Go.Run(() =>
        {
            while (!Volatile.Read(ref stop))
            {
            }

            return ValueTask.CompletedTask;
        })).ToArray();

        using var source = new CancellationTokenSource(s_duration);
        var (ticks, worst) = await Go.Run(() => Ticks.CountAsync(source.Token));
        Volatile.Write(ref stop, true);
        foreach (var loop in loops)
        {
            await loop;
        }

        findings.Fact("loops", $"{loops.Length}");
        findings.Fact("ticks meanwhile", $"{ticks} of 1 ms, the latest {Format.Time(worst)} late");
        findings.Check("the ticker went on", ticks >= 10);
    });
}
