namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>Bugs of channels together with locks, contexts, timers and groups.</summary>
internal static class MixedBugs
{
    internal static KnownBug[] All { get; } =
    [
        new("lock held across a send", FailureKind.Deadlock, 20, () => LockAcrossSend(letsGo: false), () => LockAcrossSend(letsGo: true)),
        new("lock held across a receive", FailureKind.Deadlock, 20, () => LockAcrossReceive(letsGo: false), () => LockAcrossReceive(letsGo: true)),
        new("context not cancelled", FailureKind.Leak, 1, () => NotCancelled(cancels: false), () => NotCancelled(cancels: true)),
        new("timer leak", FailureKind.Leak, 1, () => TickerLeak(stops: false), () => TickerLeak(stops: true)),
        new("producer left by a failed consumer", FailureKind.Deadlock, 5, () => FailedConsumer(looks: false), () => FailedConsumer(looks: true)),
        new("timer of zero for no time-out", FailureKind.Exception, 20, () => ZeroTimer(zero: true), () => ZeroTimer(zero: false)),
        new("wait for a group that waits for the reader", FailureKind.Deadlock, 1, () => WaitBeforeRead(apart: false), () => WaitBeforeRead(apart: true)),
    ];

    private static async Task LockAcrossSend(bool letsGo)
    {
        var mutex = new GoMutex();
        var events = new Chan<int>();
        int handled = 0;
        Goroutine consumer = Go.Run(async () =>
        {
            using (await mutex.LockAsync())
            {
                handled = 0;
            }

            (int value, _) = await events.ReceiveAsync();
            using (await mutex.LockAsync())
            {
                handled += value;
            }
        });
        Holder held = await mutex.LockAsync();
        if (letsGo)
        {
            held.Dispose();
        }

        await events.SendAsync(1);
        if (!letsGo)
        {
            held.Dispose();
        }

        await consumer;
    }

    private static async Task LockAcrossReceive(bool letsGo)
    {
        var mutex = new GoMutex();
        var replies = new Chan<int>();
        Goroutine other = Go.Run(async () =>
        {
            using (await mutex.LockAsync())
            {
            }

            await replies.SendAsync(1);
        });
        Holder held = await mutex.LockAsync();
        if (letsGo)
        {
            held.Dispose();
        }

        await replies.ReceiveAsync();
        if (!letsGo)
        {
            held.Dispose();
        }

        await other;
    }

    private static async Task NotCancelled(bool cancels)
    {
        CancelContext context = GoContext.Background.WithCancel();
        Go.Spawn(async () => await context.Done.ReceiveAsync());
        await Go.Yield();
        if (cancels)
        {
            context.Cancel();
        }
    }

    private static async Task TickerLeak(bool stops)
    {
        var quit = new Chan<Unit>();
        var ticker = new Ticker(TimeSpan.FromSeconds(1));
        Go.Spawn(async () =>
        {
            while (await new Select().Receive(ticker.C, out _).Receive(quit, out _).WaitAsync() == 0)
            {
            }
        });
        await Go.SleepAsync(TimeSpan.FromSeconds(3));
        ticker.Stop();
        if (stops)
        {
            quit.Close();
        }
    }

    private static async Task FailedConsumer(bool looks)
    {
        var group = new ErrGroup();
        var items = new Chan<int>();
        group.Spawn(async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                await items.SendAsync(i, looks ? group.CancellationToken : CancellationToken.None);
            }
        });
        group.Spawn(async () =>
        {
            await items.ReceiveAsync();
            throw new FormatException("bad item");
        });
        try
        {
            await group.WaitAsync();
        }
        catch (FormatException)
        {
            // expected
        }
    }

    private static async Task ZeroTimer(bool zero)
    {
        // "No time-out" is meant; the timer of zero fires at once.
        using var timer = new GoTimer(zero ? TimeSpan.Zero : Timeout.InfiniteTimeSpan);
        var result = new Chan<int>();
        Go.Spawn(async () =>
        {
            await Go.Yield();
            await new Select().Send(result, 1, out _).Timeout(TimeSpan.FromSeconds(1), out _).WaitAsync();
        });
        if (await new Select().Receive(timer.C, out _).Receive(result, out _).WaitAsync() == 0)
        {
            throw new TimeoutException("timed out without a time-out");
        }
    }

    private static async Task WaitBeforeRead(bool apart)
    {
        var results = new Chan<int>();
        var all = new WaitGroup();
        for (int i = 0; i < 2; i++)
        {
            int number = i;
            all.Spawn(async () => await results.SendAsync(number));
        }

        if (apart)
        {
            Go.Spawn(CloseWhenDone);
        }
        else
        {
            await CloseWhenDone();
        }

        await foreach (int _ in results)
        {
        }

        async ValueTask CloseWhenDone()
        {
            await all.WaitAsync();
            results.Close();
        }
    }
}
