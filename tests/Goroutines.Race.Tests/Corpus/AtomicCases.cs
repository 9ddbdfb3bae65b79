using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What atomic_test.go of Go's race detector checks.</summary>
[GoFile("atomic_test.go")]
internal static class AtomicCases
{
    /// <summary>Go's makes some thousand goroutines.</summary>
    [CollectsGarbage]
    internal static async Task NoRaceDeferAtomicStore()
    {
        WaitGroup wg = new();
        Fork(new Flag(), 4);
        await wg.WaitAsync();

        void Fork(Flag flag, int depth)
        {
            Volatile.Write(ref flag.Bar, 1);
            try
            {
                for (int i = 0; depth > 0 && i < 2; i++)
                {
                    Flag other = new();
                    wg.Spawn(() => Fork(other, depth - 1));
                }

                GC.Collect(0);
            }
            finally
            {
                Volatile.Write(ref flag.Bar, 0);
            }
        }
    }

    internal static Task NoRaceAtomicAddInt64() => Adders64(2);

    internal static Task RaceAtomicAddInt64() => Adders64(1);

    internal static async Task NoRaceAtomicAddInt32()
    {
        sbyte x1 = 0;
        sbyte x2 = 0;
        int s = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            x1 = 1;
            if (Interlocked.Add(ref s, 1) == 2)
            {
                x2 = 1;
            }

            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            x2 = 1;
            if (Interlocked.Add(ref s, 1) == 2)
            {
                x1 = 1;
            }

            await done.SendAsync(true);
        });
        await Drain(done, 2);
        Use(x1 + x2);
    }

    internal static async Task NoRaceAtomicLoadAddInt32()
    {
        long x = 0;
        int s = 0;
        Spawn(() =>
        {
            x = 2;
            Interlocked.Increment(ref s);
        });
        while (Volatile.Read(ref s) != 1)
        {
            await Go.Yield();
        }

        x = 1;
        Use(x);
    }

    internal static async Task NoRaceAtomicLoadStoreInt32()
    {
        long x = 0;
        int s = 0;
        Spawn(() =>
        {
            x = 2;
            Volatile.Write(ref s, 1);
        });
        while (Volatile.Read(ref s) != 1)
        {
            await Go.Yield();
        }

        x = 1;
        Use(x);
    }

    internal static async Task NoRaceAtomicStoreCASInt32()
    {
        long x = 0;
        int s = 0;
        Spawn(() =>
        {
            x = 2;
            Volatile.Write(ref s, 1);
        });
        while (Interlocked.CompareExchange(ref s, 0, 1) != 1)
        {
            await Go.Yield();
        }

        x = 1;
        Use(x);
    }

    internal static async Task NoRaceAtomicCASLoadInt32()
    {
        long x = 0;
        int s = 0;
        Spawn(() =>
        {
            x = 2;
            Interlocked.CompareExchange(ref s, 1, 0);
        });
        while (Volatile.Read(ref s) != 1)
        {
            await Go.Yield();
        }

        x = 1;
        Use(x);
    }

    internal static async Task NoRaceAtomicCASCASInt32()
    {
        long x = 0;
        int s = 0;
        Spawn(() =>
        {
            x = 2;
            Interlocked.CompareExchange(ref s, 1, 0);
        });
        while (Interlocked.CompareExchange(ref s, 0, 1) != 1)
        {
            await Go.Yield();
        }

        x = 1;
        Use(x);
    }

    internal static async Task NoRaceAtomicCASCASInt32_2()
    {
        sbyte x1 = 0;
        sbyte x2 = 0;
        int s = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            x1 = 1;
            if (Interlocked.CompareExchange(ref s, 1, 0) != 0)
            {
                x2 = 1;
            }

            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            x2 = 1;
            if (Interlocked.CompareExchange(ref s, 1, 0) != 0)
            {
                x1 = 1;
            }

            await done.SendAsync(true);
        });
        await Drain(done, 2);
        Use(x1 + x2);
    }

    internal static async Task NoRaceAtomicLoadInt64()
    {
        int x = 0;
        long s = 0;
        Spawn(() =>
        {
            x = 2;
            Interlocked.Add(ref s, 1);
        });
        while (Interlocked.Read(ref s) != 1)
        {
            await Go.Yield();
        }

        x = 1;
        Use(x);
    }

    internal static async Task NoRaceAtomicCASCASUInt64()
    {
        long x = 0;
        ulong s = 0;
        Spawn(() =>
        {
            x = 2;
            Interlocked.CompareExchange(ref s, 1, 0);
        });
        while (Interlocked.CompareExchange(ref s, 0, 1) != 1)
        {
            await Go.Yield();
        }

        x = 1;
        Use(x);
    }

    internal static async Task NoRaceAtomicLoadStorePointer()
    {
        long x = 0;
        object? s = null;
        object p = new();
        Spawn(() =>
        {
            x = 2;
            Volatile.Write(ref s, p);
        });
        while (!ReferenceEquals(Volatile.Read(ref s), p))
        {
            await Go.Yield();
        }

        x = 1;
        Use(x);
    }

    internal static async Task NoRaceAtomicStoreCASUint64()
    {
        long x = 0;
        ulong s = 0;
        Spawn(() =>
        {
            x = 2;
            Volatile.Write(ref s, 1);
        });
        while (Interlocked.CompareExchange(ref s, 0, 1) != 1)
        {
            await Go.Yield();
        }

        x = 1;
        Use(x);
    }

    internal static async Task RaceAtomicStoreLoad()
    {
        Chan<bool> done = new();
        ulong a = 0;
        Go.Spawn(async () =>
        {
            Volatile.Write(ref a, 1);
            await done.SendAsync(true);
        });
        Use(a);
        await done.ReceiveAsync();
    }

    internal static async Task RaceAtomicLoadStore()
    {
        Chan<bool> done = new();
        ulong a = 0;
        Go.Spawn(async () =>
        {
            Use(Volatile.Read(ref a));
            await done.SendAsync(true);
        });
        a = 1;
        await done.ReceiveAsync();
    }

    internal static async Task RaceAtomicAddLoad()
    {
        Chan<bool> done = new();
        ulong a = 0;
        Go.Spawn(async () =>
        {
            Interlocked.Add(ref a, 1);
            await done.SendAsync(true);
        });
        Use(a);
        await done.ReceiveAsync();
    }

    internal static async Task RaceAtomicAddStore()
    {
        Chan<bool> done = new();
        ulong a = 0;
        Go.Spawn(async () =>
        {
            Interlocked.Add(ref a, 1);
            await done.SendAsync(true);
        });
        a = 42;
        await done.ReceiveAsync();
    }

    internal static async Task NoRaceAtomicCrash()
    {
        GoMutex mutex = new();
        int[]? missing = null;
        int panics = 0;
        try
        {
            Interlocked.Increment(ref missing![0]);
        }
        catch (NullReferenceException)
        {
            using (await mutex.LockAsync())
            {
                panics++;
            }
        }

        Use(panics);
    }

    private static async Task Adders64(int wins)
    {
        sbyte x1 = 0;
        sbyte x2 = 0;
        long s = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            x1 = 1;
            if (Interlocked.Add(ref s, 1) == wins)
            {
                x2 = 1;
            }

            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            x2 = 1;
            if (Interlocked.Add(ref s, 1) == wins)
            {
                x1 = 1;
            }

            await done.SendAsync(true);
        });
        await Drain(done, 2);
        Use(x1 + x2);
    }

    private sealed class Flag
    {
        internal long Bar;
    }
}
