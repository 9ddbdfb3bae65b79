using System.Diagnostics;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Time;

public class SleepFairnessTests
{
    [Fact]
    public Task Sleep_DueWheneverTheWorkerLooks_DoesNotStarveOthers() => Isolated.GoAsync(1, async () =>
    {
        bool stop = false;
        Goroutine sleeper = Go.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                long begun = Stopwatch.GetTimestamp();
                ValueTask sleep = Go.SleepAsync(TimeSpan.FromTicks(1));
                while (Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMicroseconds(50))
                {
                }

                await sleep; // over by now, but nobody has looked yet
            }
        });
        for (int i = 0; i < 20; i++)
        {
            await Go.Yield();
        }

        Volatile.Write(ref stop, true);
        await sleeper;
    });
}
