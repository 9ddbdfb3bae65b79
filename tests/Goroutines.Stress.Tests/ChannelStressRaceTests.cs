using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Stress.Tests;

/// <summary>Closing and cancelling while values pass: what was sent is what was received, to the last.</summary>
[Collection(StressCollection.Name)]
public class ChannelStressRaceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public Task Close_RacesWithSendsAndReceives_SentIsReceived(int procs) => Isolated.GoAsync(procs, async () =>
    {
        var random = new Random(Seed.Get(nameof(Close_RacesWithSendsAndReceives_SentIsReceived)));
        // On one P the users pass values among themselves for a whole time slice before the closer has its turn.
        int rounds = Load.Times(procs == 1 ? 10 : 400);
        for (int round = 0; round < rounds; round++)
        {
            var channel = new Chan<long>(random.Next(4));
            var sent = new Tally();
            var received = new Tally();
            List<Goroutine> users = [];
            for (int user = 0; user < 3; user++)
            {
                int kind = random.Next(3);
                long first = (long)user << 32;
                users.Add(Go.Run(() => SendUntilClosed(channel, sent, first, kind)));
                users.Add(Go.Run(() => ReceiveUntilClosed(channel, received, kind)));
            }

            for (int i = random.Next(60); i > 0; i--)
            {
                received.Add((await channel.ReceiveAsync()).Value);
            }

            channel.Close();
            foreach (Goroutine user in users)
            {
                await user;
            }

            sent.AssertSame(received);
            Assert.Equal(0, channel.Count);
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public Task TryClose_ByMany_OneOfThemDoes(int procs) => Isolated.GoAsync(procs, async () =>
    {
        int rounds = Load.Times(4000);
        for (int round = 0; round < rounds; round++)
        {
            var channel = new Chan<int>();
            int closed = 0;
            Goroutine[] closers = [.. Enumerable.Range(0, 6).Select(c => Go.Run(async () =>
            {
                await Go.Yield();
                try
                {
                    if (c % 2 != 0)
                    {
                        channel.Close();
                    }

                    if (c % 2 != 0 || channel.TryClose())
                    {
                        Interlocked.Increment(ref closed);
                    }
                }
                catch (ChannelClosedException)
                {
                }
            }))];
            Assert.False((await channel.ReceiveAsync()).Ok);
            foreach (Goroutine closer in closers)
            {
                await closer;
            }

            Assert.Equal(1, closed);
        }
    });

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(2, 2)]
    [InlineData(8, 0)]
    [InlineData(8, 3)]
    public Task Cancellation_RacesWithBothSides_SentIsReceived(int procs, int capacity) => Isolated.GoAsync(procs, async () =>
    {
        int seed = Seed.Get(nameof(Cancellation_RacesWithBothSides_SentIsReceived));
        int values = Load.Times(6000);
        var channel = new Chan<long>(capacity);
        var toCancel = new Chan<CancellationTokenSource>(4);
        var sent = new Tally();
        var received = new Tally();
        Goroutine[] cancellers = [.. Enumerable.Range(0, 2).Select(c => Go.Run(async () =>
        {
            var random = new Random(seed + c);
            await foreach (CancellationTokenSource source in toCancel)
            {
                if (random.Next(3) == 0)
                {
                    await Go.Yield();
                }

                source.Cancel();
            }
        }))];
        Goroutine[] receivers = [.. Enumerable.Range(0, 4).Select(r => Go.Run(async () =>
        {
            var random = new Random(seed ^ (r * 31));
            for (bool open = true; open;)
            {
                CancellationTokenSource source = new();
                ValueTask<Received<long>> receive = channel.ReceiveAsync(source.Token);
                Offer(toCancel, source, random);
                try
                {
                    Received<long> got = await receive;
                    open = got.Ok;
                    if (open)
                    {
                        received.Add(got.Value);
                    }
                }
                catch (OperationCanceledException)
                {
                }
            }
        }))];
        Goroutine[] senders = [.. Enumerable.Range(0, 4).Select(s => Go.Run(async () =>
        {
            var random = new Random(seed ^ (s * 37) ^ 1);
            long first = (long)s << 32;
            for (long value = first; value < first + values; value++)
            {
                CancellationTokenSource source = new();
                ValueTask send = channel.SendAsync(value, source.Token);
                Offer(toCancel, source, random);
                try
                {
                    await send;
                    sent.Add(value);
                }
                catch (OperationCanceledException)
                {
                }
            }
        }))];
        foreach (Goroutine sender in senders)
        {
            await sender;
        }

        channel.Close();
        foreach (Goroutine receiver in receivers)
        {
            await receiver;
        }

        toCancel.Close();
        foreach (Goroutine canceller in cancellers)
        {
            await canceller;
        }

        Assert.True(sent.Count > 0);
        sent.AssertSame(received);
    });

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public Task CancellationFromThreads_RacesWithOneOperation_EitherWins(int procs) => Isolated.RunAsync(procs, async runtime =>
    {
        // One token, one operation, two other threads: the narrowest race there is, again and again.
        int rounds = Load.Times(3000);
        var channel = new Chan<int>();
        var sources = new Chan<CancellationTokenSource>();
        int delivered = 0;
        Task canceller = PlainThread.Run(() =>
        {
            while (sources.Receive() is { Ok: true } received)
            {
                received.Value.Cancel();
            }
        });
        int accepted = 0;
        int over = 0;
        Task sender = PlainThread.Run(() =>
        {
            while (Volatile.Read(ref over) == 0)
            {
                if (channel.TrySend(1))
                {
                    accepted++;
                }
                else
                {
                    Thread.Yield();
                }
            }
        });
        await runtime.Run(async () =>
        {
            for (int i = 0; i < rounds; i++)
            {
                CancellationTokenSource source = new();
                await sources.SendAsync(source);
                try
                {
                    delivered += (await channel.ReceiveAsync(source.Token)).Value;
                }
                catch (OperationCanceledException)
                {
                }
            }
        });
        Volatile.Write(ref over, 1);
        sources.Close();
        await canceller;
        await sender;
        Assert.Equal(accepted, delivered);
    });

    private static void Offer(Chan<CancellationTokenSource> toCancel, CancellationTokenSource source, Random random)
    {
        if (random.Next(2) == 0)
        {
            toCancel.TrySend(source);
        }
    }

    private static async Task SendUntilClosed(Chan<long> channel, Tally sent, long first, int kind)
    {
        var select = new Select();
        SendCase<long> send = select.Send(channel);
        try
        {
            for (long value = first; ; value++)
            {
                switch (kind)
                {
                    case 0:
                        await channel.SendAsync(value);
                        break;
                    case 1:
                        while (!channel.TrySend(value))
                        {
                            await Go.Yield();
                        }

                        break;
                    default:
                        send.Value = value;
                        await select.WaitAsync();
                        break;
                }

                sent.Add(value);
            }
        }
        catch (ChannelClosedException)
        {
        }
    }

    private static async Task ReceiveUntilClosed(Chan<long> channel, Tally received, int kind)
    {
        var select = new Select();
        ReceiveCase<long> receive = select.Receive(channel);
        while (true)
        {
            Received<long> got;
            switch (kind)
            {
                case 0:
                    got = await channel.ReceiveAsync();
                    break;
                case 1:
                    while (!channel.TryReceive(out got))
                    {
                        await Go.Yield();
                    }

                    break;
                default:
                    await select.WaitAsync();
                    got = new Received<long>(receive.Value, receive.Ok);
                    break;
            }

            if (!got.Ok)
            {
                return;
            }

            received.Add(got.Value);
        }
    }
}
