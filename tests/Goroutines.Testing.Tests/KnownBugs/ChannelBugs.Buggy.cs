#pragma warning disable GOR202, GOR203, GOR207, GOR214 // the bugs that the rules find
namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>The programs with the bugs.</summary>
internal static partial class ChannelBugs
{
    internal static async Task TimedOutBuggy()
    {
        var answer = new Chan<int>(0);
        Go.Spawn(async () => await answer.SendAsync(42));
        await new Select().Receive(answer, out _).Timeout(TimeSpan.FromSeconds(1), out _).WaitAsync();
    }

    internal static async Task FirstAnswerBuggy()
    {
        var answers = new Chan<int>(0);
        for (int i = 0; i < 3; i++)
        {
            int replica = i;
            Go.Spawn(async () => await answers.SendAsync(replica));
        }

        await answers.ReceiveAsync();
    }

    internal static async Task MissedCloseBuggy()
    {
        var jobs = new Chan<int>();
        Goroutine worker = Go.Run(async () =>
        {
            await foreach (int _ in jobs)
            {
            }
        });
        for (int i = 0; i < 2; i++)
        {
            await jobs.SendAsync(i);
        }

        await worker;
    }

    internal static async Task PipelineBuggy()
    {
        Chan<int> numbers = new(), squares = new();
        using CancelContext context = GoContext.Background.WithCancel();
        Go.Spawn(async () =>
        {
            for (int i = 0; ; i++)
            {
                if (await new Select().Send(numbers, i, out _).Receive(context.Done, out _).WaitAsync() == 1)
                {
                    numbers.Close();
                    return;
                }
            }
        });
        Go.Spawn(async () =>
        {
            await foreach (int number in numbers)
            {
                await squares.SendAsync(number * number);
            }
        });
        await squares.ReceiveAsync();
    }

    internal static async Task NilChannelBuggy()
    {
        Receiver<int> results = default;
        await results.ReceiveAsync();
    }

    internal static async Task BothSendBuggy()
    {
        Chan<string> left = new(0), right = new(0);
        Goroutine other = Go.Run(async () =>
        {
            await left.SendAsync("hello");
            await right.ReceiveAsync();
        });
        await right.SendAsync("hello");
        await left.ReceiveAsync();
        await other;
    }

    internal static async Task FullResultsBuggy()
    {
        Chan<int> jobs = new(), results = new(1);
        Goroutine worker = Go.Run(async () =>
        {
            await foreach (int job in jobs)
            {
                await results.SendAsync(job);
            }

            results.Close();
        });
        Goroutine? feeder = null;
        await Feed();

        await foreach (int _ in results)
        {
        }

        await worker;
        if (feeder is not null)
        {
            await feeder;
        }

        async ValueTask Feed()
        {
            for (int i = 0; i < 3; i++)
            {
                await jobs.SendAsync(i);
            }

            jobs.Close();
        }
    }

    internal static async Task LostDefaultBuggy()
    {
        var changed = new Chan<int>();
        var done = new WaitGroup();
        done.Spawn(async () => await new Select().Receive(changed, out _).Timeout(TimeSpan.FromSeconds(1), out _).WaitAsync());
        for (int i = 0; i < 2; i++)
        {
            int version = i;
            Go.Spawn(async () =>
            {
                await Go.Yield();
                await new Select().Send(changed, version, out _).WaitAsync();
            });
        }

        await done.WaitAsync();
    }

    internal static async Task StopAndWorkBuggy()
    {
        Chan<int> work = new(1), stop = new(1);
        int stopped = 0;
        Goroutine worker = Go.Run(async () =>
        {
            while (true)
            {
                int chosen = await new Select().Receive(work, out _).Receive(stop, out _).WaitAsync();
                if (chosen == 1)
                {
                    return;
                }

                if (stopped != 0)
                {
                    throw new InvalidOperationException("worked after it was told to stop");
                }
            }
        });
        await work.SendAsync(1);
        await stop.SendAsync(1);
        stopped = 1;
        await worker;
    }

    internal static async Task DoubleCloseBuggy()
    {
        var closed = new Chan<Unit>();
        Goroutine one = Go.Run((Action)Close), two = Go.Run((Action)Close);
        await one;
        await two;

        void Close()
        {
            if (!closed.TryReceive(out _))
            {
                closed.Close();
            }
        }
    }

    internal static async Task SendOnClosedBuggy()
    {
        var values = new Chan<int>(2);
        Goroutine sender = Go.Run(async () =>
        {
            await values.SendAsync(1);
            await values.SendAsync(2);
        });
        await values.ReceiveAsync();

        values.Close();
        await sender;
    }
}
