using System.Diagnostics;
using Goroutines;

namespace Tour.Steps;

/// <summary>Many goroutines: short-lived ones, and as many waiting at once.</summary>
internal sealed class Million : Step
{
    private const int Goroutines = 1_000_000;

    internal override string Title => "A million goroutines";

    internal override string Shows =>
        "A million that each count themselves down and end; then a million that all wait on one channel.";

    internal override void Run(Findings findings)
    {
        Go.Main(() => EndAsync(findings));
        Go.Main(() => WaitAsync(findings));
    }

    private static async ValueTask EndAsync(Findings findings)
    {
        var clock = Stopwatch.StartNew();
        var countdown = new Countdown(Goroutines);
        for (var i = 0; i < Goroutines; i++)
        {
            Go.Spawn(
                static countdown =>
                {
                    countdown.Signal();
                    return ValueTask.CompletedTask;
                },
                countdown);
        }

        await countdown.Zero.ReceiveAsync();
        findings.Fact("spawned and ended", Format.Rate(Goroutines, clock.Elapsed));
        findings.Check("every one ran once", countdown.Left == 0);
    }

    private static async ValueTask WaitAsync(Findings findings)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        var gate = new Chan<int>();
        var parked = new Countdown(Goroutines);
        var woken = new Countdown(Goroutines);

        for (var i = 0; i < Goroutines; i++)
        {
            Go.Spawn(static state => WaitAtAsync(state.gate, state.parked, state.woken), (gate, parked, woken));
        }

        await parked.Zero.ReceiveAsync();
        findings.Fact("spawned and waiting", Format.Rate(Goroutines, clock.Elapsed));
        findings.Fact("goroutines alive", Format.Count(Go.Count));
        findings.Check("all wait at once", Go.Count >= Goroutines);

        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / Goroutines;
        findings.Fact("memory of each", $"{Format.Count(bytes)} bytes");

        clock.Restart();
        gate.Close();
        await woken.Zero.ReceiveAsync();
        findings.Fact("woken by closing it", Format.Rate(Goroutines, clock.Elapsed));
        findings.Check("every one woke once", woken.Left == 0);
    }

    private static async ValueTask WaitAtAsync(Chan<int> gate, Countdown parked, Countdown woken)
    {
        var wait = gate.ReceiveAsync();
        parked.Signal();
        await wait;
        woken.Signal();
    }
}
