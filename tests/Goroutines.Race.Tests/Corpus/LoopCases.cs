using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What mop_test.go of Go's race detector checks of globals, loops and panics.</summary>
[GoFile("mop_test.go")]
internal static class LoopCases
{
    private static int s_x;
    private static int s_y;

    internal static async Task RaceIntRWGlobalFuncs()
    {
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            s_y = s_x;
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            s_x = 1;
            await done.SendAsync(true);
        });
        await Drain(done, 2);
        Use(s_y);
    }

    internal static async Task NoRaceIntRWClosures()
    {
        int x = 0;
        int y = 0;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            y = x;
            await done.SendAsync(true);
        });
        await done.ReceiveAsync();
        Go.Spawn(async () =>
        {
            x = 1;
            await done.SendAsync(true);
        });
        await done.ReceiveAsync();
    }

    internal static Task NoRaceCase()
    {
        int y = 0;
        for (int x = -1; x <= 1; x++)
        {
            y = Math.Sign(x);
        }

        Use(y);
        return Task.CompletedTask;
    }

    internal static async Task NoRaceRange()
    {
        Chan<int> c = new(3);
        int[] a = [1, 2, 3];
        foreach (int value in a)
        {
            await c.SendAsync(value);
        }

        c.Close();
    }

    internal static async Task RaceRange()
    {
        const int N = 2;
        int[] a = new int[N];
        int x = 0;
        int y = 0;
        int v = 0;
        Chan<bool> done = new(N);
        for (int i = 0; i < N; i++)
        {
            v = a[i];
            int at = i;
            Go.Spawn(async () =>
            {
                if (at == 0)
                {
                    x = v;
                }
                else
                {
                    y = v;
                }

                await done.SendAsync(true);
            });
            await Go.Yield();
        }

        await Drain(done, N);
    }

    internal static async Task NoRaceForInit()
    {
        Chan<bool> done = new();
        Chan<bool> c = new();
        int x = 0;
        Go.Spawn(async () =>
        {
            while ((await c.ReceiveAsync()).Ok)
            {
                x++;
            }

            await done.SendAsync(true);
        });
        int i = 0;
        for (x = 42; i < 10; i++)
        {
            await c.SendAsync(true);
        }

        c.Close();
        await done.ReceiveAsync();
    }

    internal static async Task RaceForTest()
    {
        Chan<bool> done = new();
        Chan<bool> c = new();
        bool stop = false;
        Go.Spawn(async () =>
        {
            while ((await c.ReceiveAsync()).Ok)
            {
                stop = true;
            }

            await done.SendAsync(true);
        });
        while (!stop)
        {
            await c.SendAsync(true);
        }

        c.Close();
        await done.ReceiveAsync();
    }

    internal static async Task RaceForIncr()
    {
        Chan<bool> done = new();
        Chan<bool> c = new();
        int x = 0;
        Go.Spawn(async () =>
        {
            while ((await c.ReceiveAsync()).Ok)
            {
                x++;
            }

            await done.SendAsync(true);
        });
        for (int i = 0; i < 10; x++)
        {
            i++;
            await c.SendAsync(true);
        }

        c.Close();
        await done.ReceiveAsync();
    }

    internal static async Task NoRaceForIncr()
    {
        Chan<bool> done = new();
        int x = 0;
        Go.Spawn(async () =>
        {
            x++;
            await done.SendAsync(true);
        });
        for (int i = 0; i < 0; x++)
        {
        }

        await done.ReceiveAsync();
    }

    internal static Task NoRaceEnoughRegisters()
    {
        double s = 3.1415;
        double sum = 1 + (s * (1 + (s * (2 + (s * (3 + (s * (4 + (s * (5 + (s * (6 + (s * (7 + (s * 8)))))))))))))));
        Use(sum);
        return Task.CompletedTask;
    }

    internal static async Task RacePanic()
    {
        int x = 0;
        int zero = 0;
        Chan<bool> done = new(2);
        for (int i = 1; i <= 2; i++)
        {
            int value = i;
            Go.Spawn(async () =>
            {
                try
                {
                    Use(1 / zero);
                }
                catch (DivideByZeroException)
                {
                    x = value;
                }

                await done.SendAsync(true);
            });
        }

        await Drain(done, 2);
    }
}
