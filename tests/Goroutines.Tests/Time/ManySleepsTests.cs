using Goroutines.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Goroutines.Tests.Time;

[Collection(StressCollection.Name)]
public class ManySleepsTests
{
    [Fact]
    [Trait("Size", "Large")]
    public async Task AMillionPendingSleeps_EachWakesWhenDueAndTheRestAreDropped()
    {
        const int Sleeps = 1_000_000;
        var clock = new FakeTimeProvider();
        int begun = 0;
        int woken = 0;
        await Isolated.RunAsync(
            async runtime =>
            {
                // An even hour from 1 to 10 each, so that the tenth part of them is due with every hour.
                await runtime.Run(() =>
                {
                    for (int i = 0; i < Sleeps; i++)
                    {
                        Go.Spawn(
                            async hours =>
                            {
                                Interlocked.Increment(ref begun);
                                await Go.SleepAsync(TimeSpan.FromHours(hours));
                                Interlocked.Increment(ref woken);
                            },
                            1 + (i % 10));
                    }

                    return default(ValueTask);
                }).JoinAsync();
                await Poll.UntilAsync(
                    () => Volatile.Read(ref begun) == Sleeps && AllAsleep(runtime, Sleeps), "a million goroutines to sleep");

                for (int hour = 1; hour <= 5; hour++)
                {
                    clock.Advance(TimeSpan.FromHours(1));
                    int due = hour * (Sleeps / 10);
                    await Poll.UntilAsync(() => runtime.Count == Sleeps - due, $"the sleeps due after {hour} hours to end");
                    Assert.Equal(due, Volatile.Read(ref woken));
                }
            },
            new GoRuntimeOptions { TimeProvider = clock });
        Assert.Equal(Sleeps / 2, Volatile.Read(ref woken));
    }

    private static bool AllAsleep(GoRuntime runtime, int count)
    {
        int sleeping = 0;
        foreach (var info in runtime.Snapshot())
        {
            sleeping += info.WaitReason == "sleep" ? 1 : 0;
        }

        return sleeping == count;
    }
}
