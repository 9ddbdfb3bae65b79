using System.Diagnostics;
using Goroutines;

namespace Tour.Steps;

/// <summary>A CancellationToken ends waits.</summary>
internal sealed class Cancellation : Step
{
    private const int Waiting = 10_000;

    internal override string Title => "Cancellation";

    internal override string Shows =>
        "Ten thousand goroutines wait on one channel with the same token; then it is cancelled.";

    internal override void Run(Findings findings) => Go.Main(async () =>
    {
        using var source = new CancellationTokenSource();
        var channel = new Chan<int>();
        var parked = new Countdown(Waiting);
        var ended = new Countdown(Waiting);
        var cancelled = 0;

        for (var i = 0; i < Waiting; i++)
        {
            Go.Spawn(async () =>
            {
                var wait = channel.ReceiveAsync(source.Token);
                parked.Signal();
                try
                {
                    await wait;
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref cancelled);
                }

                ended.Signal();
            });
        }

        await parked.Zero.ReceiveAsync();
        var clock = Stopwatch.StartNew();
        source.Cancel();
        await ended.Zero.ReceiveAsync();

        findings.Fact("waits cancelled", Format.Rate(cancelled, clock.Elapsed));
        findings.Check("every wait threw OperationCanceledException", cancelled == Waiting);
        findings.Check("none of them is left to take a value", !channel.TrySend(1));
    });
}
