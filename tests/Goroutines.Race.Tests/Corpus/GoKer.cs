using System.Collections.Concurrent;
using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>Faults of large Go programs, reduced to their cores, and the same mended. Written anew after GoBench's GoKer, by whose names they go: its kernels of the kinds data
/// race, anonymous function and WaitGroup.</summary>
internal static class GoKer
{
    private static int s_minConnectTimeout;
    private static int s_leaseRevokeRate;
    private static int s_reportInterval;

    internal static IReadOnlyDictionary<string, Func<bool, Task>> All { get; } = new Dictionary<string, Func<bool, Task>>
    {
        ["cockroach_35501"] = Cockroach35501,
        ["cockroach_4407"] = Cockroach4407,
        ["etcd_4876"] = Etcd4876,
        ["etcd_8194"] = Etcd8194,
        ["etcd_9446"] = Etcd9446,
        ["grpc_1748"] = Grpc1748,
        ["grpc_3090"] = Grpc3090,
        ["istio_16742"] = Istio16742,
        ["istio_8144"] = Istio8144,
        ["istio_8214"] = Istio8214,
        ["kubernetes_13058"] = Kubernetes13058,
        ["kubernetes_49404"] = Kubernetes49404,
        ["kubernetes_70892"] = Kubernetes70892,
        ["kubernetes_77796"] = Kubernetes77796,
        ["kubernetes_79631"] = Kubernetes79631,
        ["kubernetes_80284"] = Kubernetes80284,
        ["kubernetes_81091"] = Kubernetes81091,
        ["kubernetes_81148"] = Kubernetes81148,
        ["kubernetes_82239"] = Kubernetes82239,
        ["kubernetes_82550"] = Kubernetes82550,
        ["kubernetes_88331"] = Kubernetes88331,
        ["kubernetes_89164"] = Kubernetes89164,
        ["moby_22941"] = Moby22941,
        ["moby_27037"] = Moby27037,
        ["serving_3148"] = Serving3148,
        ["serving_6472"] = Serving6472,
    };

    /// <summary>Goroutines started in a loop read the loop's variable, which the loop changes.</summary>
    private static async Task Cockroach35501(bool isMended)
    {
        WaitGroup wg = new();
        string[] checks = ["a", "b", "c"];
        string check = "";
        for (int i = 0; i < checks.Length; i++)
        {
            check = checks[i];
            string own = check;
            wg.Spawn(isMended ? () => Use(own) : () => Use(check));
        }

        await wg.WaitAsync();
    }

    /// <summary>A worker is counted while the stopper waits for the count.</summary>
    private static async Task Cockroach4407(bool isMended)
    {
        GoMutex mutex = new();
        WaitGroup stop = new();
        WaitGroup started = new();
        for (int i = 0; i < 2; i++)
        {
            started.Spawn(async () =>
            {
                using (await mutex.LockAsync())
                {
                    stop.Add(1);
                }

                Spawn(stop.Done);
            });
        }

        if (isMended)
        {
            await started.WaitAsync();
        }

        await stop.WaitAsync();
        await started.WaitAsync();
    }

    /// <summary>A test changes an interval that a watcher's loop reads.</summary>
    private static Task Etcd4876(bool isMended) => Guarded(isMended, static () => s_reportInterval = 3, static () => Use(s_reportInterval));

    /// <summary>A test changes a rate, which the lessor of an earlier test still reads.</summary>
    private static Task Etcd8194(bool isMended) => Guarded(isMended, static () => s_leaseRevokeRate = 10, static () => Use(s_leaseRevokeRate / 2));

    /// <summary>A transaction's buffer is reset while another reads it.</summary>
    private static Task Etcd9446(bool isMended)
    {
        Dictionary<string, int> buckets = new() { ["1"] = 1 };
        return Guarded(isMended, () => buckets.Remove("1"), () => Use(buckets.ContainsKey("1")));
    }

    /// <summary>A test restores a time-out that the connection's goroutine reads.</summary>
    private static async Task Grpc1748(bool isMended)
    {
        WaitGroup connections = new();
        Balancer balancer = new();
        await balancer.Connect(connections);
        if (isMended)
        {
            await connections.WaitAsync();
        }

        s_minConnectTimeout = 20;
        await connections.WaitAsync();
    }

    /// <summary>A resolver calls back before the wrapper that it calls has stored it.</summary>
    private static async Task Grpc3090(bool isMended)
    {
        WaitGroup polls = new();
        Wrapper wrapper = new();
        if (isMended)
        {
            wrapper.Resolver = new object();
        }

        polls.Spawn(async () =>
        {
            using (await wrapper.Mutex.LockAsync())
            {
                Use(wrapper.Resolver);
            }
        });
        if (!isMended)
        {
            wrapper.Resolver = new object();
        }

        await polls.WaitAsync();
    }

    /// <summary>A discovery server replaces an environment that a push reads.</summary>
    private static Task Istio16742(bool isMended)
    {
        Wrapper server = new();
        return Guarded(isMended, () => server.Resolver = new object(), () => Use(server.Resolver));
    }

    /// <summary>The evicter of a cache calls back and counts; the test reads the count.</summary>
    private static async Task Istio8144(bool isMended)
    {
        ConcurrentDictionary<int, int> entries = new() { [1] = 1 };
        int callbacks = 0;
        WaitGroup evicter = new();
        evicter.Spawn(() =>
        {
            foreach (int _ in new[] { 1 })
            {
                callbacks++;
            }
        });
        if (isMended)
        {
            await evicter.WaitAsync();
        }

        Use(callbacks);
        await evicter.WaitAsync();
        Use(entries.Count);
    }

    /// <summary>Statistics are counted atomically, and copied plainly.</summary>
    private static async Task Istio8214(bool isMended)
    {
        long writes = 0;
        WaitGroup wg = new();
        for (int i = 0; i < 2; i++)
        {
            wg.Spawn(() =>
            {
                Interlocked.Increment(ref writes);
                Use(isMended ? Interlocked.Read(ref writes) : writes);
            });
        }

        await wg.WaitAsync();
    }

    /// <summary>Deletions are signalled more often than they are awaited.</summary>
    private static async Task Kubernetes13058(bool isMended)
    {
        WaitGroup deleted = new();
        deleted.Add(2);
        WaitGroup controller = new();
        controller.Spawn(async () =>
        {
            for (int i = 0; i < (isMended ? 2 : 3); i++)
            {
                deleted.Done();
                await Go.Yield();
            }
        });
        await deleted.WaitAsync();
        await controller.WaitAsync();
    }

    /// <summary>The handler of a server sets what the test reads after it has the response.</summary>
    private static async Task Kubernetes49404(bool isMended)
    {
        object? backend = null;
        Chan<bool> responded = new(1);
        Chan<bool> ended = new(1);
        Go.Spawn(async () =>
        {
            if (isMended)
            {
                backend = new object();
            }

            await responded.SendAsync(true);
            if (!isMended)
            {
                backend = new object();
            }

            await ended.SendAsync(true);
        });
        await responded.ReceiveAsync();
        Use(backend);
        await ended.ReceiveAsync();
    }

    /// <summary>Workers store the results of their pieces in one variable of the function around them.</summary>
    private static async Task Kubernetes70892(bool isMended)
    {
        int reduced = 0;
        int[] results = new int[4];
        WaitGroup workers = new();
        for (int i = 0; i < results.Length; i++)
        {
            int piece = i;
            workers.Spawn(() =>
            {
                if (isMended)
                {
                    int own = piece;
                    results[piece] = own;
                }
                else
                {
                    reduced = piece;
                    results[piece] = reduced;
                }
            });
        }

        await workers.WaitAsync();
    }

    /// <summary>A watcher's buffer is cleared under a lock, and gone through without.</summary>
    private static Task Kubernetes77796(bool isMended) => Dispatch(isMended, static buffer => buffer.Clear(), static buffer => Use(buffer.Count));

    /// <summary>A heap is popped under a lock, and looked up without.</summary>
    private static async Task Kubernetes79631(bool isMended)
    {
        GoMutex mutex = new();
        Dictionary<string, int> heap = new() { ["1"] = 1 };
        WaitGroup flusher = new();
        flusher.Spawn(async () =>
        {
            using (await mutex.LockAsync())
            {
                heap.Remove("1");
            }
        });
        if (isMended)
        {
            using (await mutex.LockAsync())
            {
                Use(heap.ContainsKey("1"));
            }
        }
        else
        {
            Use(heap.ContainsKey("1"));
        }

        await flusher.WaitAsync();
    }

    /// <summary>Two updates of a transport set the callback for a rotation.</summary>
    private static Task Kubernetes80284(bool isMended)
    {
        Action? onRotate = null;
        return Guarded(isMended, () => onRotate = static () => { }, () => onRotate = static () => Use(1));
    }

    /// <summary>A fake plugin counts its calls, which come from several workers.</summary>
    private static async Task Kubernetes81091(bool isMended)
    {
        int calls = 0;
        Chan<int> pieces = new(4);
        for (int i = 0; i < 4; i++)
        {
            await pieces.SendAsync(i);
        }

        pieces.Close();
        WaitGroup workers = new();
        for (int i = 0; i < 2; i++)
        {
            workers.Spawn(async () =>
            {
                await foreach (int _ in pieces)
                {
                    if (isMended)
                    {
                        Interlocked.Increment(ref calls);
                    }
                    else
                    {
                        calls++;
                    }
                }
            });
        }

        await workers.WaitAsync();
    }

    /// <summary>A test sets a pod's time stamp without the lock under which the queue reads it.</summary>
    private static async Task Kubernetes81148(bool isMended)
    {
        GoMutex mutex = new();
        Dictionary<string, Wrapper> pods = new() { ["1"] = new Wrapper() };
        WaitGroup flusher = new();
        flusher.Spawn(async () =>
        {
            using (await mutex.LockAsync())
            {
                foreach (Wrapper pod in pods.Values)
                {
                    Use(pod.Resolver);
                }
            }
        });
        if (isMended)
        {
            using (await mutex.LockAsync())
            {
                pods["1"].Resolver = new object();
            }
        }
        else
        {
            pods["1"].Resolver = new object();
        }

        await flusher.WaitAsync();
    }

    /// <summary>A test adds an annotation to a volume that the controller copies.</summary>
    private static Task Kubernetes82239(bool isMended)
    {
        Dictionary<string, int> annotations = new() { ["0"] = 0 };
        return Guarded(isMended, () => annotations["1"] = 1, () => Use(new Dictionary<string, int>(annotations)));
    }

    /// <summary>The first goroutine that needs a provider makes it.</summary>
    private static Task Kubernetes82550(bool isMended)
    {
        object? provider = null;
        void Provide() => Use(provider ??= new object());
        return Guarded(isMended, Provide, Provide);
    }

    /// <summary>A heap is popped under a lock, and its length is read without.</summary>
    private static Task Kubernetes88331(bool isMended) => Dispatch(isMended, static queue => queue.RemoveAt(0), static queue => Use(queue.Count));

    /// <summary>A watcher's buffer is replaced under a lock, and gone through without.</summary>
    private static Task Kubernetes89164(bool isMended) => Dispatch(isMended, static buffer => buffer[0] = 5, static buffer =>
    {
        foreach (int value in buffer)
        {
            Use(value);
        }
    });

    /// <summary>Goroutines of a loop read the loop's case.</summary>
    private static async Task Moby22941(bool isMended)
    {
        WaitGroup wg = new();
        Chan<bool> ready = new(3);
        int test = 0;
        for (int i = 0; i < 3; i++)
        {
            test = i;
            int own = test;
            wg.Spawn(async () =>
            {
                Use(isMended ? own : test);
                await ready.SendAsync(true);
            });
        }

        await Drain(ready, 3);
        await wg.WaitAsync();
    }

    /// <summary>Goroutines of a loop print the loop's counter.</summary>
    private static async Task Moby27037(bool isMended)
    {
        WaitGroup wg = new();
        int i = 0;
        for (; i < 3; i++)
        {
            int own = i;
#pragma warning disable GOR101 // the fault
            wg.Spawn(() => Use(isMended ? own : i));
#pragma warning restore GOR101
        }

        await wg.WaitAsync();
    }

    /// <summary>A test prepends a reactor to a list that a controller's goroutine goes through.</summary>
    private static async Task Serving3148(bool isMended)
    {
        List<int> reactors = [1];
        if (isMended)
        {
            reactors.Insert(0, 2);
        }

        WaitGroup controller = new();
        controller.Spawn(() =>
        {
            foreach (int reactor in reactors)
            {
                Use(reactor);
            }
        });
        if (!isMended)
        {
            reactors.Insert(0, 2);
        }

        await controller.WaitAsync();
    }

    /// <summary>A count of pending items is set after the items were queued, and counted down atomically by the workers.</summary>
    private static async Task Serving6472(bool isMended)
    {
        int pending = 0;
        Chan<int> queue = new(1);
        WaitGroup workers = new();
        workers.Spawn(async () =>
        {
            await queue.ReceiveAsync();
            Interlocked.Decrement(ref pending);
        });
        if (isMended)
        {
            pending += 1;
        }

        await queue.SendAsync(1);
        if (!isMended)
        {
            pending += 1;
        }

        await workers.WaitAsync();
    }

    /// <summary>Two goroutines take a step each: mended, under one mutex.</summary>
    private static async Task Guarded(bool isMended, Action first, Action second)
    {
        GoMutex mutex = new();
        WaitGroup wg = new();
        foreach (Action step in (Action[])[first, second])
        {
            wg.Spawn(async () =>
            {
                if (!isMended)
                {
                    step();
                    return;
                }

                using (await mutex.LockAsync())
                {
                    step();
                }
            });
        }

        await wg.WaitAsync();
    }

    /// <summary>Two goroutines change a list under a lock, and use it after: mended, also under the lock.</summary>
    private static async Task Dispatch(bool isMended, Action<List<int>> change, Action<List<int>> use)
    {
        GoMutex mutex = new();
        List<int> items = [1, 2, 3];
        WaitGroup wg = new();
        for (int i = 0; i < 2; i++)
        {
            wg.Spawn(async () =>
            {
                using (await mutex.LockAsync())
                {
                    change(items);
                    if (isMended)
                    {
                        use(items);
                    }
                }

                if (!isMended)
                {
                    use(items);
                }
            });
        }

        await wg.WaitAsync();
    }

    private sealed class Balancer
    {
        private readonly GoMutex _mutex = new();

        internal async ValueTask Connect(WaitGroup connections)
        {
            using (await _mutex.LockAsync())
            {
                connections.Spawn(static () => Use(s_minConnectTimeout));
            }
        }
    }

    private sealed class Wrapper
    {
        internal object? Resolver;

        internal GoMutex Mutex { get; } = new();
    }
}
