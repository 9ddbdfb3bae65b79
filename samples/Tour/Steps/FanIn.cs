using System.Diagnostics;
using Goroutines;

namespace Tour.Steps;

/// <summary>Many senders, one receiver.</summary>
internal sealed class FanIn : Step
{
    private const int Senders = 1000;
    private const int Values = 1000;

    internal override string Title => "Fan-in";

    internal override string Shows =>
        "A thousand goroutines send a thousand values each into one channel with a buffer of 16.";

    internal override void Run(Findings findings) => Go.Main(async () =>
    {
        var clock = Stopwatch.StartNew();
        var values = new Chan<int>(16);
        var senders = new Countdown(Senders);
        for (var i = 0; i < Senders; i++)
        {
            Go.Spawn(async () =>
            {
                for (var n = 1; n <= Values; n++)
                {
                    await values.SendAsync(n);
                }

                senders.Signal();
            });
        }

        Go.Spawn(async () =>
        {
            await senders.Zero.ReceiveAsync();
            values.Close();
        });

        long count = 0;
        long sum = 0;
        await foreach (var n in values)
        {
            count++;
            sum += n;
        }

        findings.Fact("values received", Format.Rate(count, clock.Elapsed));
        findings.Fact("their sum", Format.Count(sum));
        findings.Check(
            "nothing lost, nothing doubled",
            count == (long)Senders * Values && sum == Senders * ((long)Values * (Values + 1) / 2));
    });
}
