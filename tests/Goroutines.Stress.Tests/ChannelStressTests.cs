using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Stress.Tests;

/// <summary>Many senders and receivers: every value arrives once.</summary>
[Collection(StressCollection.Name)]
public class ChannelStressTests
{
    public static TheoryData<int, int> ProcsAndCapacities => new(
        (1, 0), (1, 1), (1, 16), (2, 0), (2, 1), (2, 16), (8, 0), (8, 1), (8, 16));

    [Theory]
    [MemberData(nameof(ProcsAndCapacities))]
    public Task ManySendersAndReceivers_EveryValueOnceAndInItsSendersOrder(int procs, int capacity) => Isolated.GoAsync(procs, async () =>
    {
        const int Senders = 20;
        const int Receivers = 20;
        int values = Load.Times(8000);
        var channel = new Chan<(int Sender, int Value)>(capacity);
        var sent = new Tally();
        var received = new Tally();
        Goroutine[] receivers = [.. Enumerable.Range(0, Receivers).Select(_ => Go.Run(async () =>
        {
            int[] last = [.. Enumerable.Repeat(-1, Senders)];
            await foreach (var (sender, value) in channel)
            {
                Assert.True(value > last[sender], "A sender's values came in another order.");
                last[sender] = value;
                received.Add(((long)sender << 32) + value);
            }
        }))];
        Goroutine[] senders = [.. Enumerable.Range(0, Senders).Select(s => Go.Run(async () =>
        {
            for (int i = 0; i < values; i++)
            {
                await channel.SendAsync((s, i));
                sent.Add(((long)s << 32) + i);
            }
        }))];
        await JoinAll(senders);
        channel.Close();
        await JoinAll(receivers);
        Assert.Equal((long)Senders * values, sent.Count);
        sent.AssertSame(received);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public Task EveryWayOfSendingAndReceiving_EveryValueOnce(int procs) => Isolated.RunAsync(procs, async runtime =>
    {
        int seed = Seed.Get(nameof(EveryWayOfSendingAndReceiving_EveryValueOnce));
        int values = Load.Times(1500);
        var channel = new Chan<long>(2);
        var sent = new Tally();
        var received = new Tally();
        List<Task> receivers = [];
        List<Task> senders = [];
        for (int user = 0; user < 4; user++)
        {
            var random = new Random(seed + user);
            long first = (long)user << 32;
            receivers.Add(runtime.Run(() => ReceiveAll(channel, received, random)).JoinAsync().AsTask());
            receivers.Add(Task.Run(() => ReceiveAll(channel, received, new Random(seed - first.GetHashCode()))));
            senders.Add(runtime.Run(() => SendAll(channel, sent, first, values, new Random(~seed))).JoinAsync().AsTask());
            senders.Add(Task.Run(() => SendAll(channel, sent, first + (1L << 31), values, new Random(seed ^ 7))));
        }

        receivers.Add(PlainThread.Run(() =>
        {
            while (channel.Receive() is { Ok: true } got)
            {
                received.Add(got.Value);
            }
        }));
        senders.Add(PlainThread.Run(() =>
        {
            for (long i = 0; i < values; i++)
            {
                channel.Send(i - (1L << 40));
                sent.Add(i - (1L << 40));
            }
        }));
        await Task.WhenAll(senders);
        channel.Close();
        await Task.WhenAll(receivers);
        Assert.Equal(9L * values, sent.Count);
        sent.AssertSame(received);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public Task MaxProcsChanges_UnderTraffic_EveryValueOnce(int procs) => Isolated.GoAsync(procs, async () =>
    {
        const int Pairs = 8;
        int values = Load.Times(8000);
        var tally = new Tally();
        int running = Pairs;
        Goroutine[] pairs = [.. Enumerable.Range(0, Pairs).Select(p => Go.Run(async () =>
        {
            var channel = new Chan<int>(p % 3);
            Goroutine sender = Go.Run(async () =>
            {
                for (int i = 0; i < values; i++)
                {
                    await channel.SendAsync(i);
                }

                channel.Close();
            });
            int expected = 0;
            await foreach (int value in channel)
            {
                Assert.Equal(expected++, value);
                tally.Add(value);
            }

            await sender;
            Interlocked.Decrement(ref running);
        }))];
        for (int i = 0; Volatile.Read(ref running) > 0; i++)
        {
            Go.MaxProcs = (i % 8) + 1;
            await Go.Yield();
        }

        await JoinAll(pairs);
        Assert.Equal((long)Pairs * values, tally.Count);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public Task Sieve_FindsThePrimes(int procs) => Isolated.GoAsync(procs, async () =>
    {
        int count = Load.Times(250);
        using var cancellation = new CancellationTokenSource();
        CancellationToken token = cancellation.Token;
        List<Goroutine> filters = [];
        var numbers = new Chan<int>();
        filters.Add(Go.Run(() => Generate(numbers)));
        var primes = new List<int>();
        for (int i = 0; i < count; i++)
        {
            int prime = (await numbers.ReceiveAsync()).Value;
            primes.Add(prime);
            var filtered = new Chan<int>();
            Chan<int> input = numbers;
            filters.Add(Go.Run(() => Filter(input, filtered, prime)));
            numbers = filtered;
        }

        await cancellation.CancelAsync();
        foreach (Goroutine filter in filters)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await filter);
        }

        Assert.Equal(Enumerable.Range(2, primes[^1] - 1).Where(n => primes.TakeWhile(p => p < n).All(p => n % p != 0)), primes);

        async Task Generate(Chan<int> output)
        {
            for (int i = 2; ; i++)
            {
                await output.SendAsync(i, token);
            }
        }

        async Task Filter(Chan<int> from, Chan<int> to, int prime)
        {
            while (true)
            {
                int value = (await from.ReceiveAsync(token)).Value;
                if (value % prime != 0)
                {
                    await to.SendAsync(value, token);
                }
            }
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [Trait("Size", "Large")]
    public Task ManyGoroutines_ParkedOnOneChannel_AllGetTheirValue(int procs) => Isolated.GoAsync(procs, async () =>
    {
        int count = Load.Times(50_000);
        var channel = new Chan<int>();
        var done = new Chan<int>(count);
        for (int i = 0; i < count; i++)
        {
            Go.Spawn(async () => done.TrySend((await channel.ReceiveAsync()).Value));
        }

        var sent = new Tally();
        var received = new Tally();
        for (int i = 0; i < count; i++)
        {
            await channel.SendAsync(i);
            sent.Add(i);
        }

        for (int i = 0; i < count; i++)
        {
            received.Add((await done.ReceiveAsync()).Value);
        }

        sent.AssertSame(received);
    });

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public Task SeveralOperationsOfOneGoroutine_Pending_EveryValueOnce(int procs) => Isolated.GoAsync(procs, async () =>
    {
        // Each wave's continuations are queued while the goroutine itself is being woken for others.
        const int Wave = 16;
        int waves = Load.Times(3000);
        var channel = new Chan<int>();
        Goroutine sender = Go.Run(async () =>
        {
            for (int i = 0; i < waves * Wave; i += Wave)
            {
                await Task.WhenAll(Enumerable.Range(i, Wave).Select(value => channel.SendAsync(value).AsTask()));
            }
        });
        long id = Go.CurrentId;
        for (int i = 0; i < waves; i++)
        {
            Received<int>[] received = await Task.WhenAll(Enumerable.Range(0, Wave).Select(_ => channel.ReceiveAsync().AsTask()));
            Assert.Equal(Enumerable.Range(i * Wave, Wave), received.Select(one => one.Value));
            Assert.Equal(id, Go.CurrentId);
        }

        await sender;
    });

    private static async Task SendAll(Chan<long> channel, Tally sent, long first, int values, Random random)
    {
        var select = new Select();
        SendCase<long> send = select.Send(channel);
        ChannelWriter<long> writer = channel.Sender.ToChannelWriter();
        for (long value = first; value < first + values; value++)
        {
            switch (random.Next(5))
            {
                case 0:
                    while (!channel.TrySend(value))
                    {
                        await Task.Yield();
                    }

                    break;
                case 1:
                    send.Value = value;
                    await select.WaitAsync();
                    break;
                case 2:
                    while (!writer.TryWrite(value))
                    {
                        Assert.True(await writer.WaitToWriteAsync());
                    }

                    break;
                default:
                    await channel.SendAsync(value);
                    break;
            }

            sent.Add(value);
        }
    }

    private static async Task ReceiveAll(Chan<long> channel, Tally received, Random random)
    {
        var select = new Select();
        ReceiveCase<long> receive = select.Receive(channel);
        ChannelReader<long> reader = channel.Receiver.ToChannelReader();
        for (bool open = true; open;)
        {
            Received<long> got;
            switch (random.Next(5))
            {
                case 0:
                    while (!channel.TryReceive(out got))
                    {
                        await Task.Yield();
                    }

                    break;
                case 1:
                    await select.WaitAsync();
                    got = new Received<long>(receive.Value, receive.Ok);
                    break;
                case 2:
                    got = default;
                    if (await reader.WaitToReadAsync())
                    {
                        // Another consumer may have been faster, as with any reader.
                        if (!reader.TryRead(out long value))
                        {
                            continue;
                        }

                        got = new Received<long>(value, true);
                    }

                    break;
                default:
                    got = await channel.ReceiveAsync();
                    break;
            }

            open = got.Ok;
            if (open)
            {
                received.Add(got.Value);
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
