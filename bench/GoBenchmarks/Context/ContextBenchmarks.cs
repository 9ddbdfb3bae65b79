using System.Globalization;

namespace Goroutines.GoBenchmarks;

/// <summary>Contexts: <c>context/benchmark_test.go</c>.</summary>
internal static class ContextBenchmarks
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private static readonly int[] s_depths = [10, 20, 30, 50, 100];

    public static IEnumerable<Benchmark> All =>
    [
        new("context", "CommonParentCancel", CommonParentCancelAsync),
        new("context", "WithTimeout", WithTimeoutAsync),
        new("context", "CancelTree", CancelTreeAsync),
        new("context", "CheckCanceled", CheckCanceledAsync),
        new("context", "ContextCancelDone", ContextCancelDoneAsync),
        new("context", "DeepValueNewGoRoutine", DeepValueNewGoRoutineAsync),
        new("context", "DeepValueSameGoRoutine", DeepValueSameGoRoutineAsync),
        new("context", "ErrOK", ErrOK),
        new("context", "ErrCanceled", ErrCanceled),
    ];

    private static async ValueTask CommonParentCancelAsync(B b)
    {
        var key = new ContextKey<string>("key");
        var root = GoContext.Background.WithValue(key, "value");
        using var shared = root.WithCancel();

        b.ResetTimer();
        await b.RunParallelAsync(pb =>
        {
            while (pb.Next())
            {
                using var ctx = shared.WithCancel();
                if (!ctx.TryGetValue(key, out var value) || value != "value")
                {
                    throw new InvalidOperationException("the value was not found");
                }
                Work.Count(100);
                ctx.Cancel();
                Work.Count(100);
            }
        });
    }

    private static async ValueTask WithTimeoutAsync(B b)
    {
        for (var concurrency = 40; concurrency <= 400_000; concurrency *= 100)
        {
            var contexts = concurrency;
            await b.RunAsync(string.Create(CultureInfo.InvariantCulture, $"concurrency={concurrency}"), b => WithTimeoutAsync(b, contexts));
        }
    }

    private static async ValueTask WithTimeoutAsync(B b, int concurrentContexts)
    {
        var procs = Go.MaxProcs;
        var perPContexts = concurrentContexts / procs;
        var root = GoContext.Background;

        var wg = new WaitGroup();
        var all = new CancelContext[procs][];
        for (var i = 0; i < procs; i++)
        {
            var p = i;
            wg.Spawn(async () =>
            {
                var contexts = new CancelContext[perPContexts];
                for (var j = 0; j < contexts.Length; j++)
                {
                    contexts[j] = root.WithTimeout(s_hour);
                }
                all[p] = contexts;
            });
        }
        await wg.WaitAsync();

        b.ResetTimer();
        await b.RunParallelAsync(pb =>
        {
            var contexts = new CancelContext[10];
            while (pb.Next())
            {
                for (var i = 0; i < contexts.Length; i++)
                {
                    contexts[i] = root.WithTimeout(s_hour);
                }
                foreach (var context in contexts)
                {
                    context.Cancel();
                }
            }
        });
        b.StopTimer();

        foreach (var contexts in all)
        {
            foreach (var context in contexts)
            {
                context.Cancel();
            }
        }
    }

    private static async ValueTask CancelTreeAsync(B b)
    {
        foreach (var depth in (int[])[1, 10, 100, 1000])
        {
            await b.RunAsync(string.Create(CultureInfo.InvariantCulture, $"depth={depth}"), async b =>
            {
                await b.RunAsync("Root=Background", b =>
                {
                    for (var i = 0; i < b.N; i++)
                    {
                        BuildContextTree(GoContext.Background, depth);
                    }
                });
                await b.RunAsync("Root=OpenCanceler", b =>
                {
                    for (var i = 0; i < b.N; i++)
                    {
                        using var ctx = GoContext.Background.WithCancel();
                        BuildContextTree(ctx, depth);
                        ctx.Cancel();
                    }
                });
                await b.RunAsync("Root=ClosedCanceler", b =>
                {
                    for (var i = 0; i < b.N; i++)
                    {
                        using var ctx = GoContext.Background.WithCancel();
                        ctx.Cancel();
                        BuildContextTree(ctx, depth);
                    }
                });
            });
        }
    }

    private static void BuildContextTree(GoContext root, int depth)
    {
        for (var d = 0; d < depth; d++)
        {
            root = root.WithCancel();
        }
    }

    private static async ValueTask CheckCanceledAsync(B b)
    {
        using var ctx = GoContext.Background.WithCancel();
        ctx.Cancel();
        await b.RunAsync("Err", b =>
        {
            for (var i = 0; i < b.N; i++)
            {
                GC.KeepAlive(ctx.Err);
            }
        });
        await b.RunAsync("Done", b =>
        {
            for (var i = 0; i < b.N; i++)
            {
                ctx.Done.TryReceive(out _);
            }
        });
    }

    private static async ValueTask ContextCancelDoneAsync(B b)
    {
        using var ctx = GoContext.Background.WithCancel();
        await b.RunParallelAsync(pb =>
        {
            while (pb.Next())
            {
                ctx.Done.TryReceive(out _);
            }
        });
    }

    private static async ValueTask DeepValueNewGoRoutineAsync(B b)
    {
        foreach (var depth in s_depths)
        {
            var ctx = Deep(depth);
            var missing = new ContextKey<int>("-1");
            await b.RunAsync(string.Create(CultureInfo.InvariantCulture, $"depth={depth}"), async b =>
            {
                for (var i = 0; i < b.N; i++)
                {
                    var wg = new WaitGroup();
                    wg.Add(1);
                    Go.Spawn(async () =>
                    {
                        ctx.TryGetValue(missing, out _);
                        wg.Done();
                    });
                    await wg.WaitAsync();
                }
            });
        }
    }

    private static async ValueTask DeepValueSameGoRoutineAsync(B b)
    {
        foreach (var depth in s_depths)
        {
            var ctx = Deep(depth);
            var missing = new ContextKey<int>("-1");
            await b.RunAsync(string.Create(CultureInfo.InvariantCulture, $"depth={depth}"), b =>
            {
                for (var i = 0; i < b.N; i++)
                {
                    ctx.TryGetValue(missing, out _);
                }
            });
        }
    }

    private static GoContext Deep(int depth)
    {
        var ctx = GoContext.Background;
        for (var i = 0; i < depth; i++)
        {
#pragma warning disable GOR404 // no value is looked for under these keys: the benchmark walks past them
            ctx = ctx.WithValue(new ContextKey<int>(i.ToString(CultureInfo.InvariantCulture)), i);
#pragma warning restore GOR404
        }
        return ctx;
    }

    private static void ErrOK(B b)
    {
        using var ctx = GoContext.Background.WithCancel();
        while (b.Loop())
        {
            if (ctx.Err is { } error)
            {
                throw error;
            }
        }
    }

    private static void ErrCanceled(B b)
    {
        using var ctx = GoContext.Background.WithCancel();
        ctx.Cancel();
        while (b.Loop())
        {
            if (ctx.Err is null)
            {
                throw new InvalidOperationException("a cancelled context has no error");
            }
        }
    }
}
