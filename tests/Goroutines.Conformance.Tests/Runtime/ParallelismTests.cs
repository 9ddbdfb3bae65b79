using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Runtime;

/// <summary>
/// From Go's <c>runtime/proc_test.go</c>: as many goroutines run at a time as there are Ps. Those here wait for each other
/// without giving way, so that one that does not run stops them all; no worker is added to make up for them.
/// </summary>
[Collection(StressCollection.Name)]
public class ParallelismTests
{
    private const int Procs = 4;

    private static GoRuntimeOptions FourPs => new() { MaxProcs = Procs, MaxThreads = Procs };

    [Fact(DisplayName = "go: runtime/proc_test.go TestGoroutineParallelism")]
    public Task OneGoroutinePerP_AllRunAtATime() => Isolated.GoAsync(
        async () =>
        {
            for (int attempt = 0; attempt < 10; attempt++)
            {
                int turn = 0;
                await All([.. Enumerable.Range(0, Procs).Select(me => Go.Run(() => TakeTurns(ref turn, me)))]);
            }
        },
        FourPs);

    [Theory(DisplayName = "go: runtime/proc_test.go TestGoroutineParallelism2")]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public Task NestedSpawns_AfterLoadAndBesideThePoller_AllRunAtATime(bool load, bool net) => Isolated.GoAsync(
        async () =>
        {
            Listener? listener = net ? Listener.Listen("127.0.0.1:0") : null;
            Goroutine<Conn>? accepting = listener is null ? null : Go.Run(() => listener.AcceptAsync());
            for (int attempt = 0; attempt < 10; attempt++)
            {
                if (load)
                {
                    int here = 0;
                    await All([.. Enumerable.Range(0, Procs).Select(_ => Go.Run(() =>
                    {
                        Interlocked.Increment(ref here);
                        Until(ref here, Procs);
                        return default(ValueTask);
                    }))]);
                }

                int turn = 0;
                var done = new Chan<int>();
                for (int half = 0; half < Procs / 2; half++)
                {
                    int first = 2 * half;
                    Go.Spawn(() =>
                    {
                        Spawn(first);
                        Spawn(first + 1);
                        return default(ValueTask);
                    });
                }

                for (int i = 0; i < Procs; i++)
                {
                    await done.ReceiveAsync();
                }

                void Spawn(int me) => Go.Spawn(async () =>
                {
                    await TakeTurns(ref turn, me);
                    await done.SendAsync(me);
                });
            }

            if (listener is not null)
            {
                listener.Dispose();
                await Assert.ThrowsAsync<ObjectDisposedException>(async () => await accepting!);
            }
        },
        FourPs);

    /// <summary>Goroutines sit in the queues of Ps whose bodies don't give way: the one P that is free looks in every queue.</summary>
    [Fact(DisplayName = "go: runtime/proc_test.go TestStealOrder")]
    public Task Stealing_ReachesEveryP() => Isolated.GoAsync(
        async () =>
        {
            for (int attempt = 0; attempt < 10; attempt++)
            {
                await All([.. Enumerable.Range(0, Procs - 1).Select(_ => Go.Run(() =>
                {
                    int ran = 0;
                    for (int i = 0; i < 3; i++)
                    {
                        Go.Spawn(() =>
                        {
                            Interlocked.Increment(ref ran);
                            return default(ValueTask);
                        });
                    }

                    Until(ref ran, 3);
                    return default(ValueTask);
                }))]);
            }
        },
        FourPs);

    [Fact(DisplayName = "go: runtime/proc_test.go TestBigGOMAXPROCS")]
    public Task MaxProcs_OfOneThousand_Works() => Isolated.GoAsync(1024, async () =>
    {
        Assert.Equal(1024, Go.MaxProcs);
        int sum = 0;
        await All([.. Enumerable.Range(0, 2048).Select(i => Go.Run(async () =>
        {
            await Go.Yield();
            Interlocked.Add(ref sum, i);
        }))]);
        Assert.Equal(2047 * 1024, sum);
    });

    /// <summary>Three rounds in which each goroutine has its turn after the one before it.</summary>
    private static ValueTask TakeTurns(ref int turn, int me)
    {
        for (int round = 0; round < 3; round++)
        {
            int mine = (round * Procs) + me;
            Until(ref turn, mine);
            Volatile.Write(ref turn, mine + 1);
        }

        return default;
    }

    /// <summary>Gives the core away, since there may be fewer cores than Ps, but not the P.</summary>
    private static void Until(ref int variable, int value)
    {
        while (Volatile.Read(ref variable) != value)
        {
            Thread.Yield();
        }
    }

    private static async Task All(Goroutine[] goroutines)
    {
        foreach (Goroutine goroutine in goroutines)
        {
            await goroutine;
        }
    }
}
