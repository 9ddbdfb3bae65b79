namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>Goroutines left at a channel for good, and deadlocks on channels alone.</summary>
internal static class ChannelBugs
{
    internal static KnownBug[] All { get; } =
    [
        new("sender left when the receiver timed out", FailureKind.Leak, 20, () => TimedOut(capacity: 0), () => TimedOut(capacity: 1), EarlyTimers: true),
        new("senders left when the first answer was enough", FailureKind.Leak, 1, () => FirstAnswer(capacity: 0), () => FirstAnswer(capacity: 3)),
        new("missed close", FailureKind.Deadlock, 1, () => MissedClose(closes: false), () => MissedClose(closes: true)),
        new("pipeline left by its reader", FailureKind.Leak, 20, () => Pipeline(tells: false), () => Pipeline(tells: true)),
        new("nil channel", FailureKind.Deadlock, 1, () => NilChannel(made: false), () => NilChannel(made: true)),
        new("both send first", FailureKind.Deadlock, 1, () => BothSend(capacity: 0), () => BothSend(capacity: 1)),
        new("results filled before anybody reads them", FailureKind.Deadlock, 20, () => FullResults(concurrent: false), () => FullResults(concurrent: true)),
        new("select with a lost default", FailureKind.Leak, 20, () => LostDefault(hasDefault: false), () => LostDefault(hasDefault: true)),
        new("stop and work both ready", FailureKind.Exception, 20, () => StopAndWork(looksAgain: false), () => StopAndWork(looksAgain: true)),
        new("double close", FailureKind.Exception, 50, () => DoubleClose(once: false), () => DoubleClose(once: true)),
        new("send on closed", FailureKind.Exception, 20, () => SendOnClosed(waits: false), () => SendOnClosed(waits: true)),
    ];

    private static async Task TimedOut(int capacity)
    {
        var answer = new Chan<int>(capacity);
        Go.Spawn(async () => await answer.SendAsync(42));
        await new Select().Receive(answer, out _).Timeout(TimeSpan.FromSeconds(1), out _).WaitAsync();
    }

    private static async Task FirstAnswer(int capacity)
    {
        var answers = new Chan<int>(capacity);
        for (int i = 0; i < 3; i++)
        {
            int replica = i;
            Go.Spawn(async () => await answers.SendAsync(replica));
        }

        await answers.ReceiveAsync();
    }

    private static async Task MissedClose(bool closes)
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

        if (closes)
        {
            jobs.Close();
        }

        await worker;
    }

    private static async Task Pipeline(bool tells)
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
                if (!tells)
                {
                    await squares.SendAsync(number * number);
                }
                else if (await new Select().Send(squares, number * number, out _).Receive(context.Done, out _).WaitAsync() == 1)
                {
                    return;
                }
            }
        });
        await squares.ReceiveAsync();
    }

    private static async Task NilChannel(bool made)
    {
        Receiver<int> results = made ? Start() : default;
        await results.ReceiveAsync();

        static Receiver<int> Start()
        {
            var channel = new Chan<int>(1);
            channel.TrySend(1);
            return channel;
        }
    }

    private static async Task BothSend(int capacity)
    {
        Chan<string> left = new(capacity), right = new(capacity);
        Goroutine other = Go.Run(async () =>
        {
            await left.SendAsync("hello");
            await right.ReceiveAsync();
        });
        await right.SendAsync("hello");
        await left.ReceiveAsync();
        await other;
    }

    private static async Task FullResults(bool concurrent)
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
        Goroutine? feeder = concurrent ? Go.Run(Feed) : null;
        if (!concurrent)
        {
            await Feed();
        }

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

    private static async Task LostDefault(bool hasDefault)
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
                if (!hasDefault)
                {
                    await new Select().Send(changed, version, out _).WaitAsync();
                }
                else
                {
                    new Select().Send(changed, version, out _).TryWait(out _);
                }
            });
        }

        await done.WaitAsync();
    }

    private static async Task StopAndWork(bool looksAgain)
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

                if (looksAgain && stop.Count != 0)
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

    private static async Task DoubleClose(bool once)
    {
        var closed = new Chan<Unit>();
        var closing = new Once();
        Goroutine one = Go.Run((Action)Close), two = Go.Run((Action)Close);
        await one;
        await two;

        void Close()
        {
            if (once)
            {
                closing.Do(closed.Close);
            }
            else if (!closed.TryReceive(out _))
            {
                closed.Close();
            }
        }
    }

    private static async Task SendOnClosed(bool waits)
    {
        var values = new Chan<int>(2);
        Goroutine sender = Go.Run(async () =>
        {
            await values.SendAsync(1);
            await values.SendAsync(2);
        });
        await values.ReceiveAsync();
        if (waits)
        {
            await sender;
        }

        values.Close();
        await sender;
    }
}
