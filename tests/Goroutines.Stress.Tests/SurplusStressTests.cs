using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Stress.Tests;

/// <summary>
/// A thread that comes back from a managed wait goes on at once, on a P beyond those there should be, and some worker gives up its
/// own for it, with the timers on it. Some worker has to wait for those.
/// </summary>
[Collection(StressCollection.Name)]
public class SurplusStressTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Sleep_WhileManagedWaitsEnd_IsNotForgotten(int procs) => Isolated.RunAsync(procs, async runtime =>
    {
        int rounds = Load.Times(1500);
        for (int round = 0; round < rounds; round++)
        {
            var parked = new Chan<int>();
            using var together = new ManualResetEventSlim(false, spinCount: 0);
            Goroutine[] blocked = [.. Enumerable.Range(0, 3).Select(_ => runtime.Run(() =>
            {
                together.Wait();
                parked.Receive();
            }))];
            TimeSpan nap = TimeSpan.FromMicroseconds(200 + (round % 200));
            await runtime.Run(async () =>
            {
                await Go.Yield();
                ValueTask sleep = Go.SleepAsync(nap);
                together.Set();
                await sleep;
            });
            parked.Close();
            foreach (Goroutine one in blocked)
            {
                await one;
            }
        }
    });
}
