#pragma warning disable GOR214, GOR310, GOR401 // the bugs that the rules find
namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>The programs with the bugs.</summary>
internal static partial class MixedBugs
{
    internal static async Task LockAcrossSendBuggy()
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

        await events.SendAsync(1);
        held.Dispose();

        await consumer;
    }

    internal static async Task LockAcrossReceiveBuggy()
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

        await replies.ReceiveAsync();
        held.Dispose();

        await other;
    }

    internal static async Task NotCancelledBuggy()
    {
        CancelContext context = GoContext.Background.WithCancel();
        Go.Spawn(async () => await context.Done.ReceiveAsync());
        await Go.Yield();
    }

    internal static async Task TickerLeakBuggy()
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
    }

    internal static async Task FailedConsumerBuggy()
    {
        var group = new ErrGroup();
        var items = new Chan<int>();
        group.Spawn(async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                await items.SendAsync(i, CancellationToken.None);
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

    internal static async Task ZeroTimerBuggy()
    {
        // "No time-out" is meant; the timer of zero fires at once.
        using var timer = new GoTimer(TimeSpan.Zero);
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

    internal static async Task WaitBeforeReadBuggy()
    {
        var results = new Chan<int>();
        var all = new WaitGroup();
        for (int i = 0; i < 2; i++)
        {
            int number = i;
            all.Spawn(async () => await results.SendAsync(number));
        }

        await CloseWhenDone();

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
