using System.Diagnostics;
using Goroutines;

namespace Tour.Steps;

/// <summary>Synchronous bodies: goroutines with a stack of their own.</summary>
internal sealed class Stackful : Step
{
    private const int Parked = 500;
    private const int Depth = 2000;
    private const int Rounds = 20_000;

    internal override string Title => "Ordinary code as a goroutine";

    internal override string Shows =>
        "Bodies without async or await have stacks of their own: hundreds park deep in a recursion; two hand a number to and fro.";

    internal override void Run(Findings findings) => Go.Main(() =>
    {
        var values = new Chan<int>();
        var walkers = Enumerable.Range(0, Parked).Select(i => Go.Run(() => Descend(Depth, i, values))).ToArray();
        while (Go.Snapshot().Count(g => g.WaitReason == "chan send") < Parked)
        {
            Go.Sleep(TimeSpan.FromMilliseconds(1));
        }

        var others = Go.Run(async () =>
        {
            await Go.Yield();
            return true;
        }).Join();
        var sum = 0;
        for (var i = 0; i < Parked; i++)
        {
            sum += values.Receive().Value;
        }

        var depths = walkers.Sum(walker => walker.Join());

        var there = new Chan<int>();
        var back = new Chan<int>();
        Go.Spawn(() =>
        {
            while (there.Receive() is { Ok: true } n)
            {
                back.Send(n.Value + 1);
            }
        });
        var clock = Stopwatch.StartNew();
        var value = 0;
        for (var i = 0; i < Rounds; i++)
        {
            there.Send(value + 1);
            value = back.Receive().Value;
        }

        findings.Fact($"parked, {Format.Count(Depth)} calls deep", $"{Format.Count(Parked)} goroutines, each on a thread of its own");
        findings.Fact("round trips", Format.Rate(Rounds, clock.Elapsed));
        findings.Check("others ran beside them", others);
        findings.Check("each sent its value from its depth, and came back up", sum == Parked * (Parked - 1) / 2 && depths == Parked * Depth);
        findings.Check("each of the two added one in every round", value == 2 * Rounds);
        there.Close();
    });

    private static int Descend(int depth, int value, Sender<int> values)
    {
        if (depth == 0)
        {
            values.Send(value);
            return 0;
        }

        return 1 + Descend(depth - 1, value, values);
    }
}
