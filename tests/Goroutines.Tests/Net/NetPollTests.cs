using Goroutines.Net.Epoll;
using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>The network poller as a place to sleep.</summary>
public sealed class NetPollTests
{
    /// <summary>A break is told to one of those who ask; a thread that only passes by must not keep it from the one who sleeps.</summary>
    [Fact]
    public async Task Wake_WhileAnotherAsksForNews_ReachesTheSleeper()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The poller is Linux's epoll.");
        await using GoRuntime runtime = new();
        using NetPoll net = NetPoll.Of(runtime.Scheduler);
        M sleeper = new(runtime.Scheduler, 0);
        int rounds = Load.Times(2_000);
        int slept = 0;
        int called = 0;
        using SemaphoreSlim next = new(0);
        Task sleeping = PlainThread.Run(() =>
        {
            for (int i = 0; i < rounds; i++)
            {
                while (Volatile.Read(ref called) <= i)
                {
                    // It may end for no reason, where the break of a call that was heard already was left over.
                    GList ready = default;
                    sleeper.SleepInPoller(net, -1, ref ready);
                }

                Volatile.Write(ref slept, i + 1);
                next.Wait();
            }
        });
        for (int i = 0; i < rounds; i++)
        {
            while (!sleeper.IsInPoller)
            {
                Thread.Yield();
            }

            Volatile.Write(ref called, i + 1);
            sleeper.Wake();
            for (int asked = 0; asked < 3; asked++)
            {
                GList ready = default;
                net.Poll(0, ref ready);
            }

            await Poll.UntilAsync(() => Volatile.Read(ref slept) == called, $"the sleeper to wake in round {called}");
            next.Release();
        }

        await sleeping.WaitAsync(Limits.Wait);
    }
}
