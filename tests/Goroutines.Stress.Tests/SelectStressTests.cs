using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Stress.Tests;

/// <summary>Selects in numbers, on both sides of the same channels, against closes, cancellations and time-outs.</summary>
[Collection(StressCollection.Name)]
public class SelectStressTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public Task SelectsOnBothSides_OfRandomChannels_EveryValueOnce(int procs) => Isolated.GoAsync(procs, async () =>
    {
        const int Users = 12;
        int seed = Seed.Get(nameof(SelectsOnBothSides_OfRandomChannels_EveryValueOnce));
        int values = Load.Times(5000);
        Chan<long>[] channels = [new(), new(), new(1), new(), new(4), new()];
        var sent = new Tally();
        var received = new Tally();
        Goroutine[] senders = [.. Enumerable.Range(0, Users).Select(u => Go.Run(async () =>
        {
            var select = new Select();
            SendCase<long>[] cases = [.. Some(channels, new Random(seed + u)).Select(channel => select.Send(channel))];
            for (int i = 0; i < values; i++)
            {
                for (int c = 0; c < cases.Length; c++)
                {
                    cases[c].Value = ((long)u << 40) + ((long)i << 8) + c;
                }

                sent.Add(cases[await select.WaitAsync()].Value);
            }
        }))];
        Goroutine[] receivers = [.. Enumerable.Range(0, Users).Select(u => Go.Run(async () =>
        {
            // All channels, each receiver in an order of its own, some twice; a closed one is taken out.
            var random = new Random(seed - u - 1);
            var select = new Select();
            ReceiveCase<long>[] cases = [.. channels.Concat(Some(channels, random)).OrderBy(_ => random.Next()).Select(channel => select.Receive(channel))];
            for (int open = cases.Length; open > 0;)
            {
                ReceiveCase<long> chosen = cases[await select.WaitAsync()];
                if (chosen.Ok)
                {
                    received.Add(chosen.Value);
                }
                else
                {
                    chosen.Channel = default;
                    open--;
                }
            }
        }))];
        await JoinAll(senders);
        foreach (Chan<long> channel in channels)
        {
            channel.Close();
        }

        await JoinAll(receivers);
        Assert.Equal((long)Users * values, sent.Count);
        sent.AssertSame(received);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public Task SelectsThatSendAndReceive_OnTheSameChannels_SentIsReceived(int procs) => Isolated.GoAsync(procs, async () =>
    {
        const int Users = 8;
        int values = Load.Times(5000);
        Chan<long>[] channels = [new(), new(), new(2)];
        var sent = new Tally();
        var received = new Tally();
        int busy = Users;
        Goroutine[] users = [.. Enumerable.Range(0, Users).Select(u => Go.Run(async () =>
        {
            var select = new Select();
            ReceiveCase<long>[] receives = [.. channels.Select(channel => select.Receive(channel))];
            SendCase<long>[] sends = [.. channels.Select(channel => select.Send(channel))];
            TimeoutCase idle = select.Timeout(TimeSpan.FromMilliseconds(1));
            idle.Enabled = false;
            for (int i = 0; Volatile.Read(ref busy) > 0 || channels.Any(channel => channel.Count > 0);)
            {
                foreach (SendCase<long> send in sends)
                {
                    send.Value = ((long)u << 40) + ((long)i << 8) + send.Index;
                }

                int index = await select.WaitAsync();
                if (index < receives.Length)
                {
                    received.Add(receives[index].Value);
                }
                else if (index < idle.Index)
                {
                    sent.Add(sends[index - receives.Length].Value);
                    if (++i == values)
                    {
                        // From here on it only receives, and looks from time to time whether all are done.
                        foreach (SendCase<long> send in sends)
                        {
                            send.Enabled = false;
                        }

                        idle.Enabled = true;
                        Interlocked.Decrement(ref busy);
                    }
                }
            }
        }))];
        await JoinAll(users);
        Assert.Equal((long)Users * values, sent.Count);
        sent.AssertSame(received);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public Task Close_RacesWithSelects_SentIsReceived(int procs) => Isolated.GoAsync(procs, async () =>
    {
        var random = new Random(Seed.Get(nameof(Close_RacesWithSelects_SentIsReceived)));
        // On one P the users pass values among themselves for a whole time slice before the closer has its turn.
        int rounds = Load.Times(procs == 1 ? 10 : 150);
        for (int round = 0; round < rounds; round++)
        {
            Chan<long>[] channels = [new(random.Next(3)), new(random.Next(3))];
            var sent = new Tally();
            var received = new Tally();
            Goroutine[] senders = [.. Enumerable.Range(0, 3).Select(u => Go.Run(() => SendUntilAClose(channels, sent, (long)u << 32)))];
            Goroutine[] receivers = [.. Enumerable.Range(0, 3).Select(_ => Go.Run(() => ReceiveUntilAllClosed(channels, received)))];
            for (int i = random.Next(40); i > 0; i--)
            {
                received.Add((await channels[0].ReceiveAsync()).Value);
            }

            // The senders stop when they find this, most of them after some more values.
            channels[0].Close();
            await senders[0];
            channels[1].Close();

            await JoinAll(senders);
            await JoinAll(receivers);
            sent.AssertSame(received);
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public Task Cancellation_RacesWithSelectsOnBothSides_SentIsReceived(int procs) => Isolated.GoAsync(procs, async () =>
    {
        int seed = Seed.Get(nameof(Cancellation_RacesWithSelectsOnBothSides_SentIsReceived));
        int values = Load.Times(4000);
        Chan<long>[] channels = [new(), new(), new(1)];
        var toCancel = new Chan<CancellationTokenSource>(4);
        var sent = new Tally();
        var received = new Tally();
        Goroutine canceller = Go.Run(async () =>
        {
            await foreach (CancellationTokenSource source in toCancel)
            {
                source.Cancel();
            }
        });
        Goroutine[] senders = [.. Enumerable.Range(0, 4).Select(u => Go.Run(async () =>
        {
            var random = new Random(seed + u);
            var select = new Select();
            SendCase<long>[] cases = [.. channels.Select(channel => select.Send(channel))];
            for (int i = 0; i < values; i++)
            {
                foreach (SendCase<long> one in cases)
                {
                    one.Value = ((long)u << 40) + ((long)i << 8) + one.Index;
                }

                if (await WaitAsync(select, toCancel, random) is >= 0 and var index)
                {
                    sent.Add(cases[index].Value);
                }
                else
                {
                    Assert.DoesNotContain(cases, one => one.Selected);
                }
            }
        }))];
        Goroutine[] receivers = [.. Enumerable.Range(0, 4).Select(u => Go.Run(async () =>
        {
            var random = new Random(seed - u - 1);
            var select = new Select();
            ReceiveCase<long>[] cases = [.. channels.Select(channel => select.Receive(channel))];
            for (int open = cases.Length; open > 0;)
            {
                if (await WaitAsync(select, toCancel, random) is >= 0 and var index)
                {
                    if (cases[index].Ok)
                    {
                        received.Add(cases[index].Value);
                    }
                    else
                    {
                        cases[index].Enabled = false;
                        open--;
                    }
                }
            }
        }))];
        await JoinAll(senders);
        foreach (Chan<long> channel in channels)
        {
            channel.Close();
        }

        await JoinAll(receivers);
        toCancel.Close();
        await canceller;
        Assert.True(sent.Count > 0);
        sent.AssertSame(received);

        static async ValueTask<int> WaitAsync(Select select, Chan<CancellationTokenSource> toCancel, Random random)
        {
            CancellationTokenSource source = new();
            ValueTask<int> wait = select.WaitAsync(source.Token);
            if (random.Next(2) == 0)
            {
                toCancel.TrySend(source);
            }

            try
            {
                return await wait;
            }
            catch (OperationCanceledException)
            {
                return -1;
            }
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public Task Timeouts_RaceWithPartners_SentIsReceived(int procs) => Isolated.GoAsync(procs, async () =>
    {
        int seed = Seed.Get(nameof(Timeouts_RaceWithPartners_SentIsReceived));
        int rounds = Load.Times(3000);
        var channel = new Chan<long>();
        var sent = new Tally();
        var received = new Tally();
        var quit = new Chan<int>();
        Goroutine[] receivers = [.. Enumerable.Range(0, 4).Select(u => Go.Run(async () =>
        {
            var random = new Random(seed + u);
            var select = new Select();
            ReceiveCase<long> receive = select.Receive(channel);
            TimeoutCase timeout = select.Timeout(TimeSpan.Zero);
            select.Receive(quit);
            while (true)
            {
                timeout.After = TimeSpan.FromMicroseconds(random.Next(200));
                switch (await select.WaitAsync())
                {
                    case 0:
                        received.Add(receive.Value);
                        break;
                    case 1:
                        await Go.Yield();
                        break;
                    default:
                        return;
                }
            }
        }))];
        Goroutine[] senders = [.. Enumerable.Range(0, 4).Select(u => Go.Run(async () =>
        {
            var random = new Random(seed - u - 1);
            var select = new Select();
            SendCase<long> send = select.Send(channel);
            TimeoutCase timeout = select.Timeout(TimeSpan.Zero);
            for (int i = 0; i < rounds; i++)
            {
                timeout.After = TimeSpan.FromMicroseconds(random.Next(100));
                send.Value = ((long)u << 32) + i;
                if (await select.WaitAsync() == 0)
                {
                    sent.Add(send.Value);
                }
            }
        }))];
        await JoinAll(senders);
        quit.Close();
        await JoinAll(receivers);
        sent.AssertSame(received);
    });

    private static Chan<long>[] Some(Chan<long>[] channels, Random random)
        => [.. channels.OrderBy(_ => random.Next()).Take(random.Next(1, channels.Length))];

    private static async Task SendUntilAClose(Chan<long>[] channels, Tally sent, long first)
    {
        var select = new Select();
        SendCase<long>[] cases = [.. channels.Select(channel => select.Send(channel))];
        try
        {
            for (long value = first; ; value += cases.Length)
            {
                foreach (SendCase<long> one in cases)
                {
                    one.Value = value + one.Index;
                }

                sent.Add(cases[await select.WaitAsync()].Value);
            }
        }
        catch (ChannelClosedException)
        {
        }
    }

    private static async Task ReceiveUntilAllClosed(Chan<long>[] channels, Tally received)
    {
        var select = new Select();
        ReceiveCase<long>[] cases = [.. channels.Select(channel => select.Receive(channel))];
        for (int open = cases.Length; open > 0;)
        {
            ReceiveCase<long> chosen = cases[await select.WaitAsync()];
            if (chosen.Ok)
            {
                received.Add(chosen.Value);
            }
            else
            {
                chosen.Enabled = false;
                open--;
            }
        }
    }

    private static async Task JoinAll(IEnumerable<Goroutine> goroutines)
    {
        foreach (Goroutine goroutine in goroutines)
        {
            await goroutine;
        }
    }
}
