using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What waitgroup_test.go of Go's race detector checks.</summary>
[GoFile("waitgroup_test.go")]
internal static class WaitGroupCases
{
    internal static Task NoRaceWaitGroup() => Write(1);

    internal static Task RaceWaitGroup() => Write(2);

    internal static async Task NoRaceWaitGroup2()
    {
        int x = 0;
        WaitGroup group = new();
        group.Add(1);
        Spawn(() =>
        {
            x = 1;
            group.Done();
        });
        await group.WaitAsync();
        x = 2;
        Use(x);
    }

    internal static async Task RaceWaitGroupAsMutex()
    {
        int x = 0;
        WaitGroup group = new();
        Chan<bool> done = new(2);
        for (int i = 1; i <= 2; i++)
        {
            int value = i;
            Go.Spawn(async () =>
            {
                await group.WaitAsync();
                await Go.SleepAsync(Moment);
                group.Add(1);
                x = value;
                group.Add(-1);
                await done.SendAsync(true);
            });
        }

        await Drain(done, 2);
        Use(x);
    }

    internal static async Task RaceWaitGroupWrongWait()
    {
        Chan<bool> done = new(2);
        int x = 0;
        WaitGroup group = new();
        for (int i = 1; i <= 2; i++)
        {
            int value = i;
            Go.Spawn(async () =>
            {
                group.Add(1);
                await Go.Yield();
                x = value;
                group.Done();
                await done.SendAsync(true);
            });
        }

        await IgnoringReuse(group);
        await Drain(done, 2);
        Use(x);
    }

    internal static async Task RaceWaitGroupWrongAdd()
    {
        Chan<bool> done = new(2);
        WaitGroup group = new();
        for (int i = 0; i < 2; i++)
        {
            Go.Spawn(async () =>
            {
                group.Add(1);
                await Go.SleepAsync(10 * Moment);
                group.Done();
                await done.SendAsync(true);
            });
        }

        await Go.SleepAsync(5 * Moment);
        await group.WaitAsync();
        await Drain(done, 2);
    }

    internal static async Task NoRaceWaitGroupMultipleWait()
    {
        Chan<bool> done = new(2);
        WaitGroup group = new();
        for (int i = 0; i < 2; i++)
        {
            Go.Spawn(async () =>
            {
                await group.WaitAsync();
                await done.SendAsync(true);
            });
        }

        await group.WaitAsync();
        await Drain(done, 2);
    }

    internal static async Task NoRaceWaitGroupMultipleWait2()
    {
        Chan<bool> done = new(2);
        WaitGroup group = new();
        group.Add(2);
        for (int i = 0; i < 2; i++)
        {
            Go.Spawn(async () =>
            {
                group.Done();
                await group.WaitAsync();
                await done.SendAsync(true);
            });
        }

        await group.WaitAsync();
        await Drain(done, 2);
    }

    internal static async Task NoRaceWaitGroupMultipleWait3()
    {
        const int P = 3;
        int[] data = new int[P];
        Chan<bool> done = new(P);
        WaitGroup group = new();
        group.Add(P);
        for (int i = 0; i < P; i++)
        {
            int p = i;
            Spawn(() =>
            {
                data[p] = 42;
                group.Done();
            });
        }

        for (int i = 0; i < P; i++)
        {
            Go.Spawn(async () =>
            {
                await group.WaitAsync();
                for (int p = 0; p < P; p++)
                {
                    Use(data[p]);
                }

                await done.SendAsync(true);
            });
        }

        await Drain(done, P);
    }

    internal static async Task RaceWaitGroup2()
    {
        int x = 0;
        WaitGroup group = new();
        group.Add(2);
        Spawn(() =>
        {
            x = 1;
            group.Done();
        });
        Spawn(() =>
        {
            x = 2;
            group.Done();
        });
        await group.WaitAsync();
        Use(x);
    }

    internal static Task NoRaceWaitGroupPanicRecover()
    {
        int x = 1;
        WaitGroup group = new();
        Action count = () =>
        {
            x++;
            group.Add(-1);
        };
        try
        {
            count();
        }
        catch (InvalidOperationException)
        {
            x = 2;
        }

        Use(x);
        return Task.CompletedTask;
    }

    internal static async Task NoRaceWaitGroupPanicRecover2()
    {
        int x = 0;
        WaitGroup group = new();
        Chan<bool> done = new(1);
        Spawn(() =>
        {
            x = 1;
            try
            {
                group.Add(-1);
            }
            catch (InvalidOperationException)
            {
                Go.Spawn(async () =>
                {
                    x = 2;
                    await done.SendAsync(true);
                });
            }
        });
        await done.ReceiveAsync();
        Use(x);
    }

    internal static async Task NoRaceWaitGroupTransitive()
    {
        int x = 0;
        int y = 0;
        WaitGroup group = new();
        group.Add(2);
        Spawn(() =>
        {
            x = 42;
            group.Done();
        });
        Go.Spawn(async () =>
        {
            await Go.SleepAsync(Moment);
            y = 42;
            group.Done();
        });
        await group.WaitAsync();
        Use(x);
        Use(y);
    }

    internal static async Task NoRaceWaitGroupReuse()
    {
        const int P = 3;
        int[] data = new int[P];
        WaitGroup group = new();
        for (int round = 0; round < 3; round++)
        {
            Count(group, data);
            await group.WaitAsync();
            Increment(data);
        }
    }

    internal static async Task NoRaceWaitGroupReuse2()
    {
        const int P = 3;
        int[] data = new int[P];
        WaitGroup group = new();
        for (int round = 0; round < 3; round++)
        {
            Count(group, data);
            Chan<bool> done = new();
            Go.Spawn(async () =>
            {
                await group.WaitAsync();
                Increment(data);
                await done.SendAsync(true);
            });
            await group.WaitAsync();
            await done.ReceiveAsync();
            Increment(data);
        }
    }

    internal static async Task RaceWaitGroupReuse()
    {
        const int P = 3;
        const int T = 3;
        Chan<bool> done = new(T);
        WaitGroup group = new();
        for (int round = 0; round < T; round++)
        {
            int[] data = new int[P];
            group.Add(P);
            for (int i = 0; i < P; i++)
            {
                int p = i;
                Go.Spawn(async () =>
                {
                    await Go.SleepAsync(5 * Moment);
                    data[p]++;
                    group.Done();
                });
            }

            Go.Spawn(async () =>
            {
                await IgnoringReuse(group);
                Increment(data);
                await done.SendAsync(true);
            });
            await Go.SleepAsync(10 * Moment);
            await IgnoringReuse(group);
        }

        await Drain(done, T);
    }

    internal static async Task NoRaceWaitGroupConcurrentAdd()
    {
        const int P = 4;
        Chan<bool> waiting = new(P);
        WaitGroup group = new();
        for (int i = 0; i < P; i++)
        {
            Go.Spawn(async () =>
            {
                group.Add(1);
                await waiting.SendAsync(true);
                group.Done();
            });
        }

        await Drain(waiting, P);
        await group.WaitAsync();
    }

    private static async Task Write(int goroutines)
    {
        int x = 0;
        WaitGroup group = new();
        for (int i = 0; i < goroutines; i++)
        {
            group.Add(1);
            int value = i;
            Spawn(() =>
            {
                x = value;
                group.Done();
            });
        }

        await group.WaitAsync();
        Use(x);
    }

    private static void Count(WaitGroup group, int[] data)
    {
        group.Add(data.Length);
        for (int i = 0; i < data.Length; i++)
        {
            int p = i;
            Spawn(() =>
            {
                data[p]++;
                group.Done();
            });
        }
    }

    private static void Increment(int[] data)
    {
        for (int p = 0; p < data.Length; p++)
        {
            data[p]++;
        }
    }

    /// <summary>A group that is misused says so.</summary>
    private static async Task IgnoringReuse(WaitGroup group)
    {
        try
        {
            await group.WaitAsync();
        }
        catch (InvalidOperationException)
        {
        }
    }
}
