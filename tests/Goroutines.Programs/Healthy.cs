using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Goroutines.Programs;

/// <summary>Programs in which something that is no goroutine wakes one, long after all have fallen asleep.</summary>
internal static class Healthy
{
    /// <summary>Several times the quiet after which a deadlock is looked for.</summary>
    private static readonly TimeSpan s_later = TimeSpan.FromMilliseconds(500);

    private static Chan<int>? s_static;

    internal static (string Name, Action Run)[] All { get; } =
    [
        ("own-async-method", OwnAsyncMethod),
        ("async-method-of-a-goroutine", AsyncMethodOfAGoroutine),
        ("task-run-with-delay", TaskRunWithDelay),
        ("busy-task", BusyTask),
        ("thread", PlainThread),
        ("framework-timer", FrameworkTimer),
        ("process-exited", ProcessExited),
        ("cancel-key-press", CancelKeyPress),
        ("posix-signal", PosixSignalClosesAChannel),
        ("signal-cancels-context", SignalCancelsContext),
        ("waitgroup-done-by-task", WaitGroupDoneByTask),
        ("mutex-held-by-task", MutexHeldByTask),
        ("working-task", WorkingTask),
        ("working-thread", WorkingThread),
        ("other-runtime", OtherRuntime),
        ("callback-of-a-server", CallbackOfAServer),
        ("file-watcher", FileWatcher),
        ("token-of-a-source", TokenOfASource),
        ("registration-of-a-token", RegistrationOfAToken),
        ("completion-source", CompletionSource),
        ("static-channel", StaticChannel),
        ("finalizer", Finalizer),
        ("synchronous-main", SynchronousMain),
        ("blocked-in-an-async-body", BlockedInAnAsyncBody),
        ("select-forever-beside-a-ticking-goroutine", SelectForeverBesideATickingGoroutine),
        ("expected-from-outside", ExpectedFromOutside),
        ("long-asleep-but-held", LongAsleepButHeld),
        ("exits-while-asleep", ExitsWhileAsleep),
        ("exits-while-asleep-switched-off", ExitsWhileAsleepSwitchedOff),
        ("exits-after-the-waker-was-disposed", ExitsAfterTheWakerWasDisposed),
    ];

    private static void OwnAsyncMethod() => Go.Main(async () =>
    {
        var ch = new Chan<int>();
        async Task Produce()
        {
            await Task.Delay(s_later);
            await ch.SendAsync(1);
        }

        Task producing = Produce();
        await ch.ReceiveAsync();
        await producing;
    });

    private static void AsyncMethodOfAGoroutine() => Go.Main(async () =>
    {
        var ch = new Chan<int>();
        Go.Spawn(async () =>
        {
            await Task.Delay(s_later);
            ch.Close();
        });
        await ch.ReceiveAsync();
    });

    private static void TaskRunWithDelay() => Go.Main(async () =>
    {
        var ch = new Chan<int>();
        _ = Task.Run(async () =>
        {
            await Task.Delay(s_later);
            await ch.SendAsync(1);
        });
        await ch.ReceiveAsync();
    });

    private static void BusyTask() => Go.Main(async () =>
    {
        var ch = new Chan<int>();
        _ = Task.Run(() =>
        {
            Compute();
            ch.Send(1);
        });
        await ch.ReceiveAsync();
    });

    private static void PlainThread() => Go.Main(async () =>
    {
        var ch = new Chan<int>();
        new Thread(() =>
        {
            Thread.Sleep(s_later);
            ch.Send(1);
        }).Start();
        await ch.ReceiveAsync();
    });

    private static void FrameworkTimer() => Go.Main(async () =>
    {
        var ch = new Chan<int>(1);
        var timer = new Timer(_ => ch.TrySend(1), null, s_later, Timeout.InfiniteTimeSpan);
        await ch.ReceiveAsync();
        await timer.DisposeAsync();
    });

    private static void ProcessExited() => Go.Main(async () =>
    {
        var ch = new Chan<int>(1);
        using var child = new Process { StartInfo = new ProcessStartInfo("sleep", "0.5"), EnableRaisingEvents = true };
        child.Exited += (_, _) => ch.TrySend(1);
        child.Start();
        await ch.ReceiveAsync();
    });

    private static void CancelKeyPress()
    {
        var quit = new Chan<int>(1);
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            quit.TrySend(1);
        };
        SignalLater("INT");
        Go.Main(async () => await quit.ReceiveAsync());
    }

    private static void PosixSignalClosesAChannel()
    {
        Go.Main(async () =>
        {
            var quit = new Chan<Unit>();
            using var registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                quit.TryClose();
            });
            SignalLater("TERM");
            await quit.ReceiveAsync();
        });
    }

    private static void SignalCancelsContext() => Go.Main(async () =>
    {
        using CancelContext context = GoContext.Background.WithCancel();
        using var registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            context.Cancel();
        });
        SignalLater("HUP");
        await context.Done.ReceiveAsync();
    });

    private static void WaitGroupDoneByTask() => Go.Main(async () =>
    {
        var group = new WaitGroup();
        group.Add(1);
        _ = Task.Run(async () =>
        {
            await Task.Delay(s_later);
            group.Done();
        });
        await group.WaitAsync();
    });

    private static void MutexHeldByTask() => Go.Main(async () =>
    {
        var mutex = new GoMutex();
        var held = new TaskCompletionSource();
        _ = Task.Run(async () =>
        {
            using (await mutex.LockAsync())
            {
                held.SetResult();
                await Task.Delay(s_later);
            }
        });
        await held.Task;
        using (await mutex.LockAsync())
        {
        }
    });

    private static void WorkingTask() => Go.Main(async () =>
    {
        var jobs = new Chan<int>();
        var results = new Chan<int>();
        _ = Task.Run(async () =>
        {
            await foreach (int job in jobs)
            {
                Compute();
                await results.SendAsync(job);
            }
        });
        for (int i = 0; i < 2; i++)
        {
            await jobs.SendAsync(i);
            await results.ReceiveAsync();
        }
    });

    private static void WorkingThread() => Go.Main(async () =>
    {
        var jobs = new Chan<int>();
        var results = new Chan<int>();
        new Thread(() =>
        {
            while (jobs.Receive() is (_, true))
            {
                Thread.Sleep(s_later);
                results.Send(1);
            }
        })
        { IsBackground = true }.Start();
        for (int i = 0; i < 2; i++)
        {
            await jobs.SendAsync(i);
            await results.ReceiveAsync();
        }
    });

    private static void OtherRuntime()
    {
        var other = new GoRuntime(new GoRuntimeOptions { Name = "other" });
        Go.Main(async () =>
        {
            var ch = new Chan<int>();
            other.Spawn(async () =>
            {
                await Go.SleepAsync(s_later);
                await ch.SendAsync(1);
            });
            await ch.ReceiveAsync();
        });
    }

    private static void CallbackOfAServer()
    {
        Directory.CreateDirectory("/tmp");
        Go.Main(async () =>
        {
            using var server = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            server.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
            server.Listen();
            var quit = new Chan<int>();
            async Task Serve()
            {
                using var peer = await server.AcceptAsync().ConfigureAwait(false);
                await quit.SendAsync(1);
            }

            _ = Serve();
            _ = Task.Run(async () =>
            {
                await Task.Delay(s_later);
                using var client = new System.Net.Sockets.TcpClient();
                await client.ConnectAsync((System.Net.IPEndPoint)server.LocalEndPoint!);
            });
            await quit.ReceiveAsync();
        });
    }

    private static void FileWatcher()
    {
        string folder = Directory.CreateTempSubdirectory("goroutines").FullName;
        var changed = new Chan<string>(8);
        using var watcher = new FileSystemWatcher(folder);
        watcher.Created += (_, e) => changed.TrySend(e.Name!);
        watcher.EnableRaisingEvents = true;
        StartShell($"sleep 0.5; touch '{folder}/file'");
        Go.Main(async () => await changed.ReceiveAsync());
        Directory.Delete(folder, recursive: true);
    }

    private static void TokenOfASource() => Go.Main(async () =>
    {
        using var source = new CancellationTokenSource(s_later);
        try
        {
            await new Chan<int>().ReceiveAsync(source.Token);
        }
        catch (OperationCanceledException)
        {
        }
    });

    private static void RegistrationOfAToken() => Go.Main(async () =>
    {
        var ch = new Chan<int>(1);
        using var source = new CancellationTokenSource(s_later);
        using CancellationTokenRegistration registration = source.Token.Register(() => ch.TrySend(1));
        await ch.ReceiveAsync();
    });

    private static void CompletionSource() => Go.Main(async () =>
    {
        var source = new TaskCompletionSource();
        new Thread(() =>
        {
            Thread.Sleep(s_later);
            source.SetResult();
        }).Start();
        await source.Task;
    });

    private static void StaticChannel()
    {
        s_static = new Chan<int>(1);
        var timer = new Timer(static _ => s_static.TrySend(1), null, s_later, Timeout.InfiniteTimeSpan);
        Go.Main(async () => await s_static.ReceiveAsync());
        GC.KeepAlive(timer);
    }

    private static void Finalizer() => Go.Main(async () =>
    {
        // What is found unreachable together with main has a finalizer that wakes it.
        var ch = new Chan<int>(1);
        MakeSender(ch);
        await ch.ReceiveAsync();

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void MakeSender(Chan<int> ch) => _ = new SendsWhenFinalized(ch);
    });

    private static void SynchronousMain() => Go.Main(() =>
    {
        var ch = new Chan<int>(1);
        new Thread(() =>
        {
            Thread.Sleep(s_later);
            ch.Send(1);
        }).Start();
        ch.Receive();
    });

    private static void BlockedInAnAsyncBody() => Go.Main(async () =>
    {
        await Go.Yield();
        var ch = new Chan<int>(1);
        new Thread(() =>
        {
            Thread.Sleep(s_later);
            ch.Send(1);
        }).Start();
        ch.Receive();
    });

    /// <summary>Go's <c>select {}</c>: main waits for ever on purpose, and the program is what the others do.</summary>
    private static void SelectForeverBesideATickingGoroutine()
    {
        var ticks = 0;
        new Thread(() => Go.Main(async () =>
        {
            Go.Spawn(async () =>
            {
                while (true)
                {
                    await Task.Delay(s_later);
                    ticks++;
                }
            });
            await new Select().WaitAsync();
        }))
        { IsBackground = true }.Start();
        while (Volatile.Read(ref ticks) < 5)
        {
            Thread.Sleep(50);
        }
    }

    private static void ExpectedFromOutside()
    {
        // The channel is reachable from nowhere that the collector sees: an address in a native thread's keeping, so to speak.
        Go.Main(async () =>
        {
            using ExternalWaker waker = Go.ExpectExternal();
            var ch = new Chan<int>(1);
            var weak = new WeakReference<Chan<int>>(ch);
            new Thread(() =>
            {
                Thread.Sleep(s_later);
                if (weak.TryGetTarget(out Chan<int>? target))
                {
                    target.Send(1);
                }
            }).Start();
            await ch.ReceiveAsync();
        });
    }

    /// <summary>Long enough for the line on standard error.</summary>
    private static void LongAsleepButHeld()
    {
        var ch = new Chan<int>(1);
        new Thread(() =>
        {
            Thread.Sleep(TimeSpan.FromSeconds(3));
            ch.Send(1);
        }).Start();
        Go.Main(async () => await ch.ReceiveAsync());
    }

    /// <summary>A deadlock, unless nobody looks for one: then the process ends with 3.</summary>
    private static void ExitsWhileAsleep()
    {
        new Thread(static () =>
        {
            Thread.Sleep(TimeSpan.FromSeconds(3));
            Environment.Exit(3);
        })
        { IsBackground = true }.Start();
        Go.Main(static async () => await new Chan<int>().ReceiveAsync());
    }

    private static void ExitsWhileAsleepSwitchedOff()
    {
        AppContext.SetSwitch("Goroutines.DetectDeadlocks", false);
        ExitsWhileAsleep();
    }

    private static void ExitsAfterTheWakerWasDisposed()
    {
        ExternalWaker waker = GoRuntime.Default.ExpectExternal();
        new Thread(() =>
        {
            Thread.Sleep(TimeSpan.FromMilliseconds(600));
            waker.Dispose();
            waker.Dispose();
            Thread.Sleep(TimeSpan.FromSeconds(5));
            Environment.Exit(3);
        })
        { IsBackground = true }.Start();
        Go.Main(static async () => await new Chan<int>().ReceiveAsync());
    }

    private static void Compute()
    {
        long begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < s_later)
        {
            Thread.SpinWait(1000);
        }
    }

    private static void SignalLater(string signal) => StartShell($"sleep 0.5; kill -{signal} {Environment.ProcessId}");

    /// <summary>By the C library, so that nothing of the framework waits for the child.</summary>
    private static void StartShell(string command)
    {
        if (Libc.System($"({command}) </dev/null >/dev/null 2>&1 &") != 0)
        {
            throw new InvalidOperationException("The shell could not be started.");
        }
    }

    private sealed class SendsWhenFinalized(Chan<int> ch)
    {
        ~SendsWhenFinalized() => ch.TrySend(1);
    }
}
