using System.Diagnostics;
using Goroutines;

namespace Tour.Steps;

/// <summary>Two goroutines and a channel without a buffer.</summary>
internal sealed class Rendezvous : Step
{
    private const int Rounds = 1_000_000;

    internal override string Title => "Rendezvous";

    internal override string Shows =>
        "Two goroutines hand a number to and fro over unbuffered channels, each adding one.";

    internal override void Run(Findings findings) => Go.Main(async () =>
    {
        var there = new Chan<int>();
        var back = new Chan<int>();
        Go.Spawn(async () =>
        {
            await foreach (var n in there)
            {
                await back.SendAsync(n + 1);
            }
        });

        var clock = Stopwatch.StartNew();
        var value = 0;
        for (var i = 0; i < Rounds; i++)
        {
            await there.SendAsync(value + 1);
            (value, _) = await back.ReceiveAsync();
        }

        findings.Fact("round trips", Format.Rate(Rounds, clock.Elapsed));
        findings.Fact("the number", Format.Count(value));
        findings.Check("each added one in every round", value == 2 * Rounds);
        there.Close();
    });
}
