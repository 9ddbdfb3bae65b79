using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What mop_test.go of Go's race detector checks of calls, arguments, results and methods.</summary>
[GoFile("mop_test.go")]
internal static class FunctionCases
{
    internal static async Task NoRaceFuncArgsRW()
    {
        Chan<byte> done = new(1);
        byte x = 0;
        Go.Spawn(
            async y =>
            {
                Use(y);
                await done.SendAsync(0);
            },
            x);
        x = 1;
        await done.ReceiveAsync();
    }

    internal static async Task RaceFuncArgsRW()
    {
        Chan<byte> done = new(1);
        byte[] x = [0];
        Go.Spawn(
            async y =>
            {
                Use(y[0]);
                await done.SendAsync(0);
            },
            x);
        x[0] = 1;
        await done.ReceiveAsync();
    }

    internal static async Task RaceCrawl()
    {
        HashSet<string> seen = [];
        Chan<int> counts = new(100);
        WaitGroup wg = new();
        wg.Add(1);
        Go.Spawn(() => Crawl("dummyurl", 3));
        await wg.WaitAsync();

        async Task Crawl(string url, int depth)
        {
            int found = 0;
            seen.Add(url);
            if (depth > 0)
            {
                foreach (string next in (string[])["a", "b", "c"])
                {
                    if (!seen.Contains(next))
                    {
                        wg.Add(1);
                        Go.Spawn(() => Crawl(next, depth - 1));
                        found++;
                    }
                }
            }

            await counts.SendAsync(found);
            wg.Done();
        }
    }

    internal static async Task RaceTLS()
    {
        Chan<int[]> places = new();
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            int[] x = [0];
            await places.SendAsync(x);
            x[0] = 1;
            x[0] = (await places.ReceiveAsync()).Value[0];
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            int[] p = (await places.ReceiveAsync()).Value;
            p[0] = 2;
            await places.SendAsync(p);
            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    [CollectsGarbage]
    internal static async Task NoRaceHeapReallocation()
    {
        Chan<bool> done = new(2);
        for (int i = 0; i < 2; i++)
        {
            int milliseconds = i;
            Go.Spawn(async () =>
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(milliseconds));
                GC.Collect(0);
                int[] x = [0];
                x[0]++;
                await done.SendAsync(true);
            });
        }

        await Drain(done, 2);
    }

    internal static async Task RaceFuncItself()
    {
        Action f = static () => { };
        await Beside(() => f(), () => f = static () => { });
    }

    internal static async Task NoRaceFuncUnlock()
    {
        Chan<bool> done = new(1);
        GoMutex mutex = new();
        int x = 0;
        Go.Spawn(async () =>
        {
            await mutex.LockAsync();
            x = 42;
            mutex.Unlock();
            await done.SendAsync(true);
        });
        x = await Locked(mutex);
        mutex.Unlock();
        await done.ReceiveAsync();

        static async ValueTask<int> Locked(GoMutex mutex)
        {
            await mutex.LockAsync();
            return 43;
        }
    }

    internal static async Task RaceInterCall()
    {
        IFoo x = new Value { X = 1 };
        await Beside(() => x = new Value { X = 1 }, () => x.Foo(0));
    }

    internal static async Task RaceInterCall2()
    {
        IFoo x = new Value { X = 1 };
        int z = 0;
        await Beside(() => z = 42, () => x.Foo(z));
    }

    internal static async Task RaceFuncCall()
    {
        Action<int, int> f = static (_, y) => Use(y);
        int x = 0;
        int y = 0;
        await Beside(() => y = 42, () => f(x, y));
    }

    internal static async Task RaceMethodCall()
    {
        Value i = default;
        int x = 0;
        await Beside(() => x = 42, () => i.Foo(x));
    }

    internal static async Task RaceMethodCall2()
    {
        Reference i = new();
        await Beside(() => i = new Reference(), () => i.Foo(0));
    }

    internal static async Task RaceMethodValue()
    {
        Value i = default;
        await Beside(() => i = default, () => Use<Action<int>>(i.Foo));
    }

    internal static async Task RaceMethodValue2()
    {
        IFoo i = new Value { X = 1 };
        await Beside(() => i = new Value { X = 1 }, () => Use<Action<int>>(i.Foo));
    }

    internal static async Task RaceMethodValue3()
    {
        Value[] i = new Value[1];
        await Beside(() => i[0] = default, () => Use<Action<int>>(i[0].Foo));
    }

    /// <summary>The receiver is captured by reference: making the delegate does not read it.</summary>
    internal static async Task NoRaceMethodValue()
    {
        Value i = default;
        await Beside(() => i = default, () => Use<Action<int>>(x => i.Foo(x)));
    }

    internal static async Task RacePanicArg()
    {
        Exception error = new InvalidOperationException("err");
        await Beside(() => error = new InvalidOperationException("err2"), () =>
        {
            try
            {
                throw error;
            }
            catch (InvalidOperationException)
            {
            }
        });
    }

    internal static async Task RaceDeferArg()
    {
        int x = 0;
        await Beside(() => x = 42, () => Deferred(x));
    }

    internal static async Task RaceDeferArg2()
    {
        Value x = default;
        await Beside(() => x = default, () => Deferred(x));
    }

    internal static async Task RaceBlockCall1()
    {
        int x = 0;
        int y = 0;
        await Beside(() => (x, y) = Two(42, 43), () => Use(x));
    }

    internal static async Task RaceBlockCall2()
    {
        int x = 0;
        int y = 0;
        await Beside(() => (x, y) = Two(42, 43), () => Use(y));
    }

    internal static async Task RaceBlockCall3()
    {
        object? x = null;
        int y = 0;
        await Beside(() => (x, y) = Two<object, int>(42, 43), () => Use(x));
    }

    internal static async Task RaceBlockCall4()
    {
        int x = 0;
        object? y = null;
        await Beside(() => (x, y) = Two<int, object>(42, 43), () => Use(y));
    }

    internal static async Task RaceBlockCall5()
    {
        object? x = null;
        int y = 0;
        await Beside(() => (x, y) = Two<object, int>(42, 43), () => Use(y));
    }

    internal static async Task RaceBlockCall6()
    {
        int x = 0;
        object? y = null;
        await Beside(() => (x, y) = Two<int, object>(42, 43), () => Use(x));
    }

    internal static async Task RaceAsFunc1()
    {
        byte[] s = [];
        object? error = null;
        await Beside(() => (s, error) = Two<byte[], object?>([1, 2, 3], null), () => Use(System.Text.Encoding.UTF8.GetString(s)));
    }

    internal static async Task RaceAsFunc2()
    {
        int x = 0;
        await Beside(() => Take(x), () => x = 42);
    }

    internal static async Task RaceAsFunc3()
    {
        Chan<bool> done = new(1);
        GoMutex mutex = new();
        int x = 0;
        Go.Spawn(async () =>
        {
            await TakeAndLock(x); // reads x outside of the mutex
            mutex.Unlock();
            await done.SendAsync(true);
        });
        await mutex.LockAsync();
        x = 42;
        mutex.Unlock();
        await done.ReceiveAsync();

        async ValueTask TakeAndLock(int value)
        {
            Use(value);
            await mutex.LockAsync();
        }
    }

    internal static async Task NoRaceAsFunc4()
    {
        Chan<bool> done = new(1);
        GoMutex mutex = new();
        int x = 0;
        Go.Spawn(async () =>
        {
            x = await LockAndGive(); // writes x under the mutex
            mutex.Unlock();
            await done.SendAsync(true);
        });
        await mutex.LockAsync();
        x = 42;
        mutex.Unlock();
        await done.ReceiveAsync();

        async ValueTask<int> LockAndGive()
        {
            await mutex.LockAsync();
            return 42;
        }
    }

    internal static async Task RaceHeapParam()
    {
        Chan<bool> done = new();
        Use(Given());
        await done.ReceiveAsync();

        int Given()
        {
            int x = 0;
            Go.Spawn(async () =>
            {
                x = 42;
                await done.SendAsync(true);
            });
            return x;
        }
    }

    internal static async Task NoRaceMethodThunk()
    {
        Derived d = new() { Inner = new Inner() };
        await Beside(() => Use(d.Inner.Foo()), () => d.Pad = 1);
    }

    internal static async Task RaceMethodThunk()
    {
        Derived d = new() { Inner = new Inner() };
        await Beside(() => Use(d.Inner.Foo()), () => d = new Derived { Inner = new Inner() });
    }

    internal static async Task RaceMethodThunk2()
    {
        Derived d = new() { Inner = new Inner() };
        await Beside(() => Use(d.Inner.Bar()), () => d = new Derived { Inner = new Inner() });
    }

    internal static async Task RaceMethodThunk3()
    {
        Derived d = new() { Inner = new Inner() };
        await Beside(() => Use(d.Inner.Bar()), () => d.Inner = new Inner());
    }

    internal static async Task RaceMethodThunk4()
    {
        Derived d = new() { Inner = new Inner() };
        await Beside(() => Use(d.Inner.Bar()), () => d.Inner.Value = 42);
    }

    /// <summary>Go's makes a million objects in each goroutine.</summary>
    internal static async Task NoRaceTinyAlloc()
    {
        Chan<bool> done = new();
        for (int p = 0; p < 4; p++)
        {
            Go.Spawn(async () =>
            {
                for (int i = 0; i < 1000; i++)
                {
                    byte[] b = [0];
                    b[0] = 42;
                    Use(b);
                }

                await done.SendAsync(true);
            });
        }

        await Drain(done, 4);
    }

    private static void Deferred<T>(T argument)
    {
        try
        {
            Use(1);
        }
        finally
        {
            Use(argument);
        }
    }

    private static void Take(int value) => Use(value);

    private static (T First, TOther Second) Two<T, TOther>(T first, TOther second) => (first, second);

    private interface IFoo
    {
        void Foo(int x);
    }

    private struct Value : IFoo
    {
        internal int X;

        public readonly void Foo(int x) => Use(x + X);
    }

    private sealed class Reference : IFoo
    {
        public void Foo(int x) => Use(x);
    }

    private struct Derived
    {
        internal int Pad;
        internal Inner Inner;
    }

    private sealed class Inner
    {
        internal int Value;

        internal int Foo() => ReferenceEquals(this, null) ? 41 : 42;

        internal int Bar() => Value;
    }
}
