using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>From Go's <c>runtime/chan_test.go</c>: traffic with many consumers, of objects, and with the collector in between.</summary>
public class ChanTrafficTests
{
    [Fact(DisplayName = "go: runtime/chan_test.go TestChanSendInterface")]
    public Task Objects_ThroughOperationsAndSelects_AreTheSameObjects() => Isolated.GoAsync(async () =>
    {
        var channel = new Chan<object>(1);
        object first = new();
        await channel.SendAsync(first);
        Assert.False(new Select().Send(channel, first, out _).TryWait(out _));
        Assert.False(new Select().Send(channel, first, out _).Send(channel, new object(), out _).TryWait(out _));
        Assert.Same(first, (await channel.ReceiveAsync()).Value);

        object[] either = [new(), new()];
        Assert.True(new Select().Send(channel, either[0], out _).Send(channel, either[1], out _).TryWait(out int index));
        Assert.Same(either[index], (await channel.ReceiveAsync()).Value);
    });

    [Fact(DisplayName = "go: runtime/chan_test.go TestMultiConsumer")]
    public Task ManyWorkers_NothingIsLostOrDoubled() => Isolated.GoAsync(async () =>
    {
        const int Workers = 23;
        int[] kinds = [2, 3, 7, 11, 13, 17, 19, 23, 27, 31];
        int items = Load.Times(50_000);
        var work = new Chan<int>(3 * Workers);
        var results = new Chan<int>(3 * Workers);
        var workers = new WaitGroup();
        for (int worker = 0; worker < Workers; worker++)
        {
            int kind = kinds[worker % kinds.Length];
            workers.Spawn(async () =>
            {
                await foreach (int item in work)
                {
                    if (item == kind)
                    {
                        await Go.Yield(); // lets others overtake
                    }

                    await results.SendAsync(item);
                }
            });
        }

        var expected = Go.Run(async () =>
        {
            long sum = 0;
            for (int i = 0; i < items; i++)
            {
                int item = kinds[i % kinds.Length];
                sum += item;
                await work.SendAsync(item);
            }

            work.Close();
            await workers.WaitAsync();
            results.Close();
            return sum;
        });

        int count = 0;
        long sum = 0;
        await foreach (int result in results)
        {
            count++;
            sum += result;
        }

        Assert.Equal((items, await expected), (count, sum));
    });

    /// <summary>Senders that have used much of their stack wait in a send while everything is collected.</summary>
    [Theory(DisplayName = "go: runtime/chan_test.go TestShrinkStackDuringBlockedSend")]
    [InlineData(false)]
    [InlineData(true)]
    public Task CollectionsWhileASendWaits_ValuesArriveIntact(bool synchronous) => Isolated.GoAsync(async () =>
    {
        var channel = new Chan<string>();
        Goroutine sender = synchronous ? Go.Run(SendThem) : Go.Run(SendThemAsync);
        for (int i = 0; i < 10; i++)
        {
            await Parked.UntilAsync(sender.Id, "chan send");
            GC.Collect();
            Assert.Equal($"value {i}", (await channel.ReceiveAsync()).Value);
        }

        await sender;

        void SendThem()
        {
            for (int i = 0; i < 10; i++)
            {
                channel.Send($"value {i}");
                DeepStack.Take(100);
            }
        }

        async ValueTask SendThemAsync()
        {
            for (int i = 0; i < 10; i++)
            {
                await channel.SendAsync($"value {i}");
                DeepStack.Take(100);
            }
        }
    });

    /// <summary>As above, with the collection at any moment: also in the midst of parking.</summary>
    [Fact(DisplayName = "go: runtime/chan_test.go TestNoShrinkStackWhileParking")]
    public Task CollectionsWhileGoroutinesPark_ValuesArriveIntact() => Isolated.GoAsync(async () =>
    {
        for (int round = 0; round < 50; round++)
        {
            var channel = new Chan<string>();
            Goroutine receiver = Go.Run(async () =>
            {
                for (int i = 0; i < 10; i++)
                {
                    await Go.SleepAsync(TimeSpan.FromMicroseconds(10));
                    Assert.Equal($"value {i}", (await channel.ReceiveAsync()).Value);
                }
            });
            Goroutine sender = Go.Run(async () =>
            {
                for (int i = 0; i < 10; i++)
                {
                    await channel.SendAsync($"value {i}");
                    DeepStack.Take(20);
                }
            });
            GC.Collect(0);
            await receiver;
            await sender;
        }
    });
}
