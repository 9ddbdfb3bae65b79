using System.Threading.Channels;
using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What chan_test.go of Go's race detector checks.</summary>
[GoFile("chan_test.go")]
internal static class ChanCases
{
    internal static async Task NoRaceChanSync()
    {
        int v = 0;
        Chan<int> c = new();
        Go.Spawn(async () =>
        {
            v = 1;
            await c.SendAsync(0);
        });
        await c.ReceiveAsync();
        v = 2;
        Use(v);
    }

    internal static async Task NoRaceChanSyncRev()
    {
        int v = 0;
        Chan<int> c = new();
        Go.Spawn(async () =>
        {
            await c.SendAsync(0);
            v = 2;
        });
        v = 1;
        await c.ReceiveAsync();
    }

    internal static async Task NoRaceChanAsync()
    {
        int v = 0;
        Chan<int> c = new(10);
        Go.Spawn(async () =>
        {
            v = 1;
            await c.SendAsync(0);
        });
        await c.ReceiveAsync();
        v = 2;
        Use(v);
    }

    internal static async Task RaceChanAsyncRev()
    {
        int v = 0;
        Chan<int> c = new(10);
        Go.Spawn(async () =>
        {
            await c.SendAsync(0);
            v = 1;
        });
        v = 2;
        await c.ReceiveAsync();
    }

    internal static Task NoRaceChanAsyncCloseRecv() => CloseThenReceive(10);

    internal static Task NoRaceChanAsyncCloseRecv2() => CloseThenTake(10);

    internal static Task NoRaceChanAsyncCloseRecv3() => CloseThenRange(10);

    internal static Task NoRaceChanSyncCloseRecv() => CloseThenReceive(0);

    internal static Task NoRaceChanSyncCloseRecv2() => CloseThenTake(0);

    internal static Task NoRaceChanSyncCloseRecv3() => CloseThenRange(0);

    internal static async Task RaceChanSyncCloseSend()
    {
        int v = 0;
        Chan<int> c = new();
        Spawn(() =>
        {
            v = 1;
            c.Close();
        });
        try
        {
            await c.SendAsync(0);
        }
        catch (ChannelClosedException)
        {
        }

        v = 2;
        Use(v);
    }

    internal static async Task RaceChanAsyncCloseSend()
    {
        int v = 0;
        Chan<int> c = new(10);
        Spawn(() =>
        {
            v = 1;
            c.Close();
        });
        try
        {
            while (true)
            {
                await c.SendAsync(0);
            }
        }
        catch (ChannelClosedException)
        {
        }

        v = 2;
        Use(v);
    }

    internal static async Task RaceChanCloseClose()
    {
        Chan<bool> done = new(2);
        int v1 = 0;
        int v2 = 0;
        Chan<int> c = new();
        Go.Spawn(async () =>
        {
            v1 = 1;
            if (!c.TryClose())
            {
                v2 = 2;
            }

            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            v2 = 1;
            if (!c.TryClose())
            {
                v1 = 2;
            }

            await done.SendAsync(true);
        });
        await Drain(done, 2);
        Use(v1 + v2);
    }

    internal static async Task RaceChanSendLen()
    {
        int v = 0;
        Chan<int> c = new(10);
        Go.Spawn(async () =>
        {
            v = 1;
            await c.SendAsync(1);
        });
        while (c.Count == 0)
        {
            await Go.Yield();
        }

        v = 2;
        Use(v);
    }

    internal static async Task RaceChanRecvLen()
    {
        int v = 0;
        Chan<int> c = new(10);
        await c.SendAsync(1);
        Go.Spawn(async () =>
        {
            v = 1;
            await c.ReceiveAsync();
        });
        while (c.Count != 0)
        {
            await Go.Yield();
        }

        v = 2;
        Use(v);
    }

    internal static async Task RaceChanSendSend()
    {
        Chan<bool> done = new(2);
        int v1 = 0;
        int v2 = 0;
        Chan<int> c = new(1);
        Go.Spawn(async () =>
        {
            v1 = 1;
            if (!c.TrySend(1))
            {
                v2 = 2;
            }

            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            v2 = 1;
            if (!c.TrySend(1))
            {
                v1 = 2;
            }

            await done.SendAsync(true);
        });
        await Drain(done, 2);
        Use(v1 + v2);
    }

    internal static async Task NoRaceChanPtr()
    {
        Chan<Box> c = new();
        Go.Spawn(async () => await c.SendAsync(new Box { X = 1 }));
        Box message = await c.TakeAsync();
        message.X = 2;
    }

    internal static async Task RaceChanWrongSend()
    {
        int v1 = 0;
        int v2 = 0;
        Chan<int> c = new(2);
        Go.Spawn(async () =>
        {
            v1 = 1;
            await c.SendAsync(1);
        });
        Go.Spawn(async () =>
        {
            v2 = 2;
            await c.SendAsync(2);
        });
        await Go.SleepAsync(Moment);
        if (await c.TakeAsync() == 1)
        {
            v2 = 3;
        }
        else
        {
            v1 = 3;
        }

        Use(v1 + v2);
    }

    internal static async Task RaceChanWrongClose()
    {
        int v1 = 0;
        int v2 = 0;
        Chan<int> c = new(1);
        Chan<bool> done = new();
        Go.Spawn(async () =>
        {
            v1 = 1;
            try
            {
                await c.SendAsync(1);
            }
            catch (ChannelClosedException)
            {
            }

            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            await Go.SleepAsync(Moment);
            v2 = 2;
            c.Close();
            await done.SendAsync(true);
        });
        await Go.SleepAsync(2 * Moment);
        if ((await c.ReceiveAsync()).Ok)
        {
            v2 = 2;
        }
        else
        {
            v1 = 2;
        }

        await Drain(done, 2);
        Use(v1 + v2);
    }

    internal static async Task RaceChanSendClose()
    {
        Chan<bool> done = new(2);
        Chan<int> c = new(1);
        Go.Spawn(async () =>
        {
            try
            {
                await c.SendAsync(1);
            }
            catch (ChannelClosedException)
            {
            }

            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            await Go.SleepAsync(Moment);
            c.Close();
            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task RaceChanSendSelectClose()
    {
        Chan<bool> done = new(2);
        Chan<int> c = new(1);
        Chan<int> other = new();
        Go.Spawn(async () =>
        {
            await Go.SleepAsync(Moment);
            try
            {
                await SendOrReceive(c, 1, other);
            }
            catch (ChannelClosedException)
            {
            }

            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            c.Close();
            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task RaceSelectReadWriteAsync()
    {
        Chan<bool> done = new();
        int x = 0;
        Chan<int> c1 = new(10);
        Chan<int> c2 = new(10);
        Chan<int> c3 = new();
        await c2.SendAsync(1);
        Go.Spawn(async () =>
        {
            await SendOrSend(c1, x, c3, 1);
            await done.SendAsync(true);
        });
        x = await ReceiveOrSend(c2, c3, 1);
        await done.ReceiveAsync();
    }

    internal static async Task RaceSelectReadWriteSync()
    {
        Chan<bool> done = new();
        int x = 0;
        Chan<int> c1 = new();
        Chan<int> c2 = new();
        Chan<int> c3 = new();
        Go.Spawn(async () => await c1.ReceiveAsync());
        Go.Spawn(async () => await c2.SendAsync(1));
        Go.Spawn(async () =>
        {
            await SendOrSend(c1, x, c3, 1);
            await done.SendAsync(true);
        });
        x = await ReceiveOrSend(c2, c3, 1);
        await done.ReceiveAsync();
    }

    internal static async Task NoRaceSelectReadWriteAsync()
    {
        Chan<bool> done = new();
        int x = 0;
        Chan<int> c1 = new();
        Chan<int> c2 = new();
        Go.Spawn(async () =>
        {
            await SendOrReceive(c1, x, c2);
            await done.SendAsync(true);
        });
        x = await ReceiveOrSend(c1, c2, 1);
        await done.ReceiveAsync();
    }

    internal static async Task RaceChanReadWriteAsync()
    {
        Chan<bool> done = new();
        Chan<int> c1 = new(10);
        Chan<int> c2 = new(10);
        await c2.SendAsync(10);
        int x = 0;
        Go.Spawn(async () =>
        {
            await c1.SendAsync(x);
            await done.SendAsync(true);
        });
        x = await c2.TakeAsync();
        await done.ReceiveAsync();
    }

    internal static async Task RaceChanReadWriteSync()
    {
        Chan<bool> done = new();
        Chan<int> c1 = new();
        Chan<int> c2 = new();
        Go.Spawn(async () => await c1.ReceiveAsync());
        Go.Spawn(async () => await c2.SendAsync(10));
        int x = 0;
        Go.Spawn(async () =>
        {
            await c1.SendAsync(x);
            await done.SendAsync(true);
        });
        x = await c2.TakeAsync();
        await done.ReceiveAsync();
    }

    internal static async Task NoRaceChanReadWriteAsync()
    {
        Chan<bool> done = new();
        Chan<int> c1 = new(10);
        int x = 0;
        Go.Spawn(async () =>
        {
            await c1.SendAsync(x);
            await done.SendAsync(true);
        });
        x = await c1.TakeAsync();
        await done.ReceiveAsync();
    }

    internal static async Task NoRaceProducerConsumerUnbuffered()
    {
        Chan<(Action Do, Chan<bool> Done)> queue = new();
        Go.Spawn(async () =>
        {
            (Action work, Chan<bool> done) = await queue.TakeAsync();
            work();
            await done.SendAsync(true);
        });
        int x = 0;
        Chan<bool> done = new(1);
        await queue.SendAsync((() => x = 1, done));
        await done.ReceiveAsync();
        Use(x);
    }

    internal static async Task RaceChanItselfSend()
    {
        Chan<bool> done = new(1);
        Chan<int> c = new(10);
        Go.Spawn(async () =>
        {
            await c.SendAsync(0);
            await done.SendAsync(true);
        });
        c = new Chan<int>(20);
        await done.ReceiveAsync();
    }

    internal static async Task RaceChanItselfRecv()
    {
        Chan<bool> done = new(1);
        Chan<int> c = new(10);
        await c.SendAsync(1);
        Chan<int> first = c;
        Go.Spawn(async () =>
        {
            await c.ReceiveAsync();
            await done.SendAsync(true);
        });
        await Go.SleepAsync(Moment);
        c = new Chan<int>(20);
        await c.SendAsync(1);
        await done.ReceiveAsync();
        Use(first);
    }

    internal static async Task RaceChanItselfNil()
    {
        Chan<int>? c = new(10);
        Go.Spawn(async () => await c.SendAsync(0));
        await Go.SleepAsync(Moment);
        c = null;
        Use(c);
    }

    internal static async Task RaceChanItselfClose()
    {
        Chan<bool> done = new(1);
        Chan<int> c = new();
        Go.Spawn(async () =>
        {
            c.Close();
            await done.SendAsync(true);
        });
        c = new Chan<int>();
        await done.ReceiveAsync();
    }

    internal static async Task RaceChanItselfLen()
    {
        Chan<bool> done = new(1);
        Chan<int> c = new();
        Go.Spawn(async () =>
        {
            Use(c.Count);
            await done.SendAsync(true);
        });
        c = new Chan<int>();
        await done.ReceiveAsync();
    }

    internal static async Task RaceChanItselfCap()
    {
        Chan<bool> done = new(1);
        Chan<int> c = new();
        Go.Spawn(async () =>
        {
            Use(c.Capacity);
            await done.SendAsync(true);
        });
        c = new Chan<int>();
        await done.ReceiveAsync();
    }

    internal static Task NoRaceChanCloseLen() => CloseBeside(static c => c.Count);

    internal static Task NoRaceChanCloseCap() => CloseBeside(static c => c.Capacity);

    internal static async Task RaceChanCloseSend()
    {
        Chan<bool> done = new(1);
        Chan<int> c = new(10);
        Go.Spawn(async () =>
        {
            c.Close();
            await done.SendAsync(true);
        });
        try
        {
            await c.SendAsync(0);
        }
        catch (ChannelClosedException)
        {
        }

        await done.ReceiveAsync();
    }

    internal static async Task NoRaceChanMutex()
    {
        Chan<bool> done = new();
        Chan<Unit> mutex = new(1);
        int data = 0;
        Go.Spawn(async () =>
        {
            await mutex.SendAsync(default);
            data = 42;
            await mutex.ReceiveAsync();
            await done.SendAsync(true);
        });
        await mutex.SendAsync(default);
        data = 43;
        await mutex.ReceiveAsync();
        await done.ReceiveAsync();
        Use(data);
    }

    internal static async Task NoRaceSelectMutex()
    {
        Chan<bool> done = new();
        Chan<Unit> mutex = new(1);
        Chan<bool> other = new();
        int data = 0;
        Go.Spawn(async () =>
        {
            await SendOrReceive(mutex, default, other);
            data = 42;
            await ReceiveOrReceive(mutex, other);
            await done.SendAsync(true);
        });
        await SendOrReceive(mutex, default, other);
        data = 43;
        await ReceiveOrReceive(mutex, other);
        await done.ReceiveAsync();
        Use(data);
    }

    internal static async Task RaceChanSem()
    {
        Chan<bool> done = new();
        Chan<bool> mutex = new(2);
        int data = 0;
        Go.Spawn(async () =>
        {
            await mutex.SendAsync(true);
            data = 42;
            await mutex.ReceiveAsync();
            await done.SendAsync(true);
        });
        await mutex.SendAsync(true);
        data = 43;
        await mutex.ReceiveAsync();
        await done.ReceiveAsync();
        Use(data);
    }

    internal static async Task NoRaceChanWaitGroup()
    {
        const int N = 10;
        Chan<bool> group = new(N / 2);
        int[] data = new int[N];
        for (int i = 0; i < N; i++)
        {
            int at = i;
            await group.SendAsync(true);
            Go.Spawn(async () =>
            {
                data[at] = 42;
                await group.ReceiveAsync();
            });
        }

        for (int i = 0; i < group.Capacity; i++)
        {
            await group.SendAsync(true);
        }

        for (int i = 0; i < N; i++)
        {
            Use(data[i]);
        }
    }

    internal static async Task NoRaceBlockedSendSync()
    {
        Chan<Box?> c = new(1);
        await c.SendAsync(null);
        Go.Spawn(async () => await c.SendAsync(new Box { X = 42 }));
        await Go.SleepAsync(Moment);
        await c.ReceiveAsync();
        Box? box = await c.TakeAsync();
        Use(box!.X);
    }

    internal static async Task NoRaceBlockedSelectSendSync()
    {
        Chan<Box?> c = new(1);
        await c.SendAsync(null);
        Go.Spawn(async () => await c.SendAsync(new Box { X = 42 }));
        await Go.SleepAsync(Moment);
        await c.ReceiveAsync();
        Box? box = await ReceiveOrReceive(c, new Chan<int>());
        Use(box!.X);
    }

    internal static async Task NoRaceCloseHappensBeforeRead()
    {
        for (int i = 0; i < 10; i++)
        {
            int place = 0;
            Chan<Unit> write = new();
            Chan<Unit> read = new();
            Spawn(() =>
            {
                if (write.TryReceive(out _))
                {
                    Use(place);
                }

                read.Close();
            });
            Spawn(() =>
            {
                place = 1;
                write.Close();
            });
            await read.ReceiveAsync();
        }
    }

    internal static async Task NoRaceElemSize0()
    {
        int x = 0;
        int y = 0;
        Chan<Unit> c = new(2);
        await c.SendAsync(default);
        await c.SendAsync(default);
        Go.Spawn(async () =>
        {
            x++;
            await c.ReceiveAsync();
        });
        Go.Spawn(async () =>
        {
            y++;
            await c.ReceiveAsync();
        });
        await Go.SleepAsync(Moment);
        await c.SendAsync(default);
        await c.SendAsync(default);
        x++;
        y++;
    }

    private static async Task CloseThenReceive(int capacity)
    {
        int v = 0;
        Chan<int> c = new(capacity);
        Spawn(() =>
        {
            v = 1;
            c.Close();
        });
        await c.ReceiveAsync();
        v = 2;
        Use(v);
    }

    private static async Task CloseThenTake(int capacity)
    {
        int v = 0;
        Chan<int> c = new(capacity);
        Spawn(() =>
        {
            v = 1;
            c.Close();
        });
        try
        {
            await c.TakeAsync();
        }
        catch (ChannelClosedException)
        {
            v = 2;
        }

        Use(v);
    }

    private static async Task CloseThenRange(int capacity)
    {
        int v = 0;
        Chan<int> c = new(capacity);
        Spawn(() =>
        {
            v = 1;
            c.Close();
        });
        await foreach (int value in c)
        {
            Use(value);
        }

        v = 2;
        Use(v);
    }

    private static async Task CloseBeside(Func<Chan<int>, int> look)
    {
        Chan<int> c = new(10);
        Chan<int> results = new(10);
        Go.Spawn(async () => await results.SendAsync(look(c)));
        Go.Spawn(async () =>
        {
            c.Close();
            await results.SendAsync(0);
        });
        await results.ReceiveAsync();
        await results.ReceiveAsync();
    }

    private sealed class Box
    {
        internal int X;
    }
}
