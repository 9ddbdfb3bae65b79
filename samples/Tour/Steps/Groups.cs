using System.Diagnostics;
using Goroutines;

namespace Tour.Steps;

/// <summary>Bounded work, the first failure, and one call for all who ask.</summary>
internal sealed class Groups : Step
{
    private const int Parts = 200;
    private const int Limit = 8;
    private const int Askers = 1000;

    internal override string Title => "Groups and flights";

    internal override string Shows =>
        $"An ErrGroup works on {Parts} parts, {Limit} at a time, until one fails; {Askers:N0} ask a SingleFlight for the same page at once.";

    internal override void Run(Findings findings) => Go.Main(async () =>
    {
        var group = new ErrGroup { Limit = Limit };
        var running = 0;
        var most = 0;
        var ended = 0;
        for (var part = 0; part < Parts; part++)
        {
            var number = part;
            await group.SpawnAsync(async () =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                try
                {
                    await Go.SleepAsync(TimeSpan.FromMilliseconds(1), group.CancellationToken);
                    if (number == Parts / 2)
                    {
                        throw new InvalidDataException($"part {number} is damaged");
                    }

                    Interlocked.Increment(ref ended);
                }
                finally
                {
                    Interlocked.Decrement(ref running);
                }
            });
        }

        var failure = "";
        try
        {
            await group.WaitAsync();
        }
        catch (InvalidDataException e)
        {
            failure = e.Message;
        }

        var flights = new SingleFlight<string, string>();
        var calls = 0;
        var together = new WaitGroup();
        var shared = 0;
        var gate = new Chan<Unit>();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Askers; i++)
        {
            together.Spawn(async () =>
            {
                await gate.ReceiveAsync();
                var (_, more) = await flights.DoAsync("page", async () =>
                {
                    Interlocked.Increment(ref calls);
                    await Go.SleepAsync(TimeSpan.FromMilliseconds(20));
                    return "text";
                });
                Interlocked.Add(ref shared, more ? 1 : 0);
            });
        }

        gate.Close();
        await together.WaitAsync();

        findings.Fact("most at a time", $"{most} of {Parts} parts");
        findings.Fact("the failure", failure);
        findings.Fact("parts done before it", Format.Count(ended));
        findings.Fact("calls for the page", $"{calls}, for {Format.Count(Askers)} who asked, in {Format.Time(clock.Elapsed)}");
        findings.Check("the limit was kept, and the first failure stopped the rest", most <= Limit && failure.Length > 0 && ended < Parts - 1);
        findings.Check("far fewer calls than askers", calls <= Askers / 10 && shared > 0);
    });

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
