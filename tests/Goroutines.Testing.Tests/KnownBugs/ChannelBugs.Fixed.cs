namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>The programs without the bugs.</summary>
internal static partial class ChannelBugs
{
    internal static async Task TimedOutFixed()
    {
        var answer = new Chan<int>(1);
        Go.Spawn(async () => await answer.SendAsync(42));
        await new Select().Receive(answer, out _).Timeout(TimeSpan.FromSeconds(1), out _).WaitAsync();
    }

    internal static async Task FirstAnswerFixed()
    {
        var answers = new Chan<int>(3);
        for (int i = 0; i < 3; i++)
        {
            int replica = i;
            Go.Spawn(async () => await answers.SendAsync(replica));
        }

        await answers.ReceiveAsync();
    }

    internal static async Task MissedCloseFixed()
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

        jobs.Close();

        await worker;
    }

    internal static async Task PipelineFixed()
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
                if (await new Select().Send(squares, number * number, out _).Receive(context.Done, out _).WaitAsync() == 1)
                {
                    return;
                }
            }
        });
        await squares.ReceiveAsync();
    }

    internal static async Task NilChannelFixed()
    {
        Receiver<int> results = Start();
        await results.ReceiveAsync();

        static Receiver<int> Start()
        {
            var channel = new Chan<int>(1);
            channel.TrySend(1);
            return channel;
        }
    }

    internal static async Task BothSendFixed()
    {
        Chan<string> left = new(1), right = new(1);
        Goroutine other = Go.Run(async () =>
        {
            await left.SendAsync("hello");
            await right.ReceiveAsync();
        });
        await right.SendAsync("hello");
        await left.ReceiveAsync();
        await other;
    }

    internal static async Task FullResultsFixed()
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
        Goroutine? feeder = Go.Run(Feed);

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

    internal static async Task LostDefaultFixed()
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
                new Select().Send(changed, version, out _).TryWait(out _);
            });
        }

        await done.WaitAsync();
    }

    internal static async Task StopAndWorkFixed()
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

                if (stop.Count != 0)
                {
                    return;
                }

                if (Volatile.Read(ref stopped) != 0)
                {
                    throw new InvalidOperationException("worked after it was told to stop");
                }
            }
        });
        await work.SendAsync(1);
        await stop.SendAsync(1);
        Volatile.Write(ref stopped, 1);
        await worker;
    }

    internal static async Task DoubleCloseFixed()
    {
        var closed = new Chan<Unit>();
        var closing = new Once();
        Goroutine one = Go.Run((Action)Close), two = Go.Run((Action)Close);
        await one;
        await two;

        void Close()
        {
            closing.Do(closed.Close);
        }
    }

    internal static async Task SendOnClosedFixed()
    {
        var values = new Chan<int>(2);
        Goroutine sender = Go.Run(async () =>
        {
            await values.SendAsync(1);
            await values.SendAsync(2);
        });
        await values.ReceiveAsync();
        await sender;

        values.Close();
        await sender;
    }
}
