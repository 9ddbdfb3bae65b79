using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Runtime;

/// <summary>
/// From Go's <c>runtime/proc_test.go</c>: bodies that never give way hold up neither each other nor the collector. Go stops
/// them and takes their P; here they keep it, and another is put beside it.
/// </summary>
[Collection(StressCollection.Name)]
public class PreemptionTests
{
    /// <summary>Two bodies on one P that go on only when the other has: neither ever gives way.</summary>
    [Fact(DisplayName = "go: runtime/proc_test.go TestPreemption")]
    public Task TwoLoopsOnOneP_TakeTurns() => Isolated.GoAsync(1, async () =>
    {
        int turn = 0;
        Goroutine[] two = [.. Enumerable.Range(0, 2).Select(me => Go.Run(() =>
        {
            for (int i = 0; i < 5; i++)
            {
                while (Volatile.Read(ref turn) != me)
                {
                    Compute();
                }

                Volatile.Write(ref turn, 1 - me);
            }

            return default(ValueTask);
        }))];
        await two[0];
        await two[1];
    });

    [Fact(DisplayName = "go: runtime/proc_test.go TestPreemptionGC")]
    public Task CollectionsBesideLoops_End() => Isolated.GoAsync(4, async () =>
    {
        bool stop = false;
        Goroutine[] loops = [.. Enumerable.Range(0, 3).Select(_ => Go.Run(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                Compute();
            }

            return default(ValueTask);
        }))];
        for (int i = 0; i < 5; i++)
        {
            await Go.Yield();
            GC.Collect();
        }

        Volatile.Write(ref stop, true);
        await All(loops);
    });

    /// <summary>On one P: a loop that calls, one that only computes and one that does nothing.</summary>
    [Fact(DisplayName = "go: runtime/proc_test.go TestAsyncPreempt")]
    public Task LoopsOfEveryKindOnOneP_OthersAndTheCollectorGoOn() => Isolated.GoAsync(1, async () =>
    {
        bool stop = false;
        int running = 0;
        Action[] kinds =
        [
            () =>
            {
                while (!Volatile.Read(ref stop))
                {
                    Compute();
                }
            },
            () =>
            {
                for (long i = 0, sum = 0; !Volatile.Read(ref stop); i++)
                {
                    sum += i * i * i * i * 12345;
                }
            },
            () =>
            {
                while (!Volatile.Read(ref stop))
                {
                }
            },
        ];
        Goroutine[] loops = [.. kinds.Select(kind => Go.Run(() =>
        {
            Interlocked.Increment(ref running);
            kind();
            return default(ValueTask);
        }))];
        while (Volatile.Read(ref running) < loops.Length)
        {
            await Go.Yield();
        }

        GC.Collect();
        Volatile.Write(ref stop, true);
        await All(loops);
    });

    [Fact(DisplayName = "go: runtime/proc_test.go TestPreemptSplitBig")]
    public Task CollectionsBesideALoopWithBigFrames_End() => Isolated.GoAsync(2, async () =>
    {
        var stop = new Chan<int>();
        int rounds = 0;
        Goroutine big = Go.Run(() =>
        {
            while (!stop.TryReceive(out _))
            {
                for (int i = 0; i < 1_000_000; i++)
                {
                    Volatile.Write(ref rounds, rounds + 1);
                }

                DeepStack.Take(20);
            }

            return default(ValueTask);
        });
        await Poll.UntilAsync(() => Volatile.Read(ref rounds) > 0, "the loop to begin");
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
        }

        stop.Close();
        await big;
    });

    /// <summary>Bodies that do nothing but short calls in blocking regions, more of them than Ps: each is started, and each ends.</summary>
    [Theory(DisplayName = "go: runtime/proc_test.go TestPreemptionAfterSyscall")]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(1000)]
    public Task ManyLoopsOfShortBlockingCalls_AllStart(int microseconds) => Isolated.GoAsync(2, async () =>
    {
        const int Goroutines = 8;
        var duration = TimeSpan.FromMicroseconds(microseconds);
        for (int attempt = 0; attempt < 3; attempt++)
        {
            bool stop = false;
            var started = new Chan<int>(Goroutines);
            Goroutine[] loops = [.. Enumerable.Range(0, Goroutines).Select(me => Go.Run(() =>
            {
                Assert.True(started.TrySend(me));
                while (!Volatile.Read(ref stop))
                {
                    using (Go.EnterBlocking())
                    {
                        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < duration;)
                        {
                        }
                    }
                }

                return default(ValueTask);
            }))];
            for (int i = 0; i < Goroutines; i++)
            {
                await started.ReceiveAsync();
            }

            Volatile.Write(ref stop, true);
            await All(loops);
        }
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Compute()
    {
        Span<int> numbers = stackalloc int[128];
        int sum = 0;
        foreach (int number in numbers)
        {
            sum += number;
        }

        return sum;
    }

    private static async Task All(Goroutine[] goroutines)
    {
        foreach (Goroutine goroutine in goroutines)
        {
            await goroutine;
        }
    }
}
