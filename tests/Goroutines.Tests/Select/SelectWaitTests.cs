using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Selects;

/// <summary>Waiting: nothing was ready, one case is woken, the others leave their queues.</summary>
public abstract class SelectWaitTests(Place place)
{
    [Fact]
    public Task WaitAsync_NothingReady_WaitsForTheFirst() => place.Run(async () =>
    {
        var first = new Chan<int>();
        var second = new Chan<string>();
        var select = new Select();
        ReceiveCase<int> one = select.Receive(first);
        ReceiveCase<string> two = select.Receive(second);
        ValueTask<int> wait = select.WaitAsync();
        Assert.False(wait.IsCompleted);
        Assert.False(one.Selected);

        Assert.True(second.TrySend("a"));
        Assert.True(wait.IsCompletedSuccessfully);
        Assert.Equal(1, await wait);
        Assert.True(two.Selected);
        Assert.Equal("a", two.Value);
        Assert.True(two.Ok);
        Assert.False(one.Selected);
        Assert.False(one.Ok);
        Assert.Equal(0, one.Value);
    });

    [Fact]
    public Task WaitAsync_Send_WaitsForAReceiver() => place.Run(async () =>
    {
        var first = new Chan<int>();
        var second = new Chan<int>(1);
        await second.SendAsync(0);
        var select = new Select();
        SendCase<int> one = select.Send(first, 10);
        SendCase<int> two = select.Send(second, 20);

        ValueTask<int> wait = select.WaitAsync();
        Assert.False(wait.IsCompleted);
        Assert.Equal(10, (await first.ReceiveAsync()).Value);
        Assert.Equal(0, await wait);
        Assert.True(one.Selected);

        wait = select.WaitAsync();
        Assert.Equal(0, (await second.ReceiveAsync()).Value);
        Assert.Equal(1, await wait);
        Assert.True(two.Selected);
        Assert.False(one.Selected);
        Assert.Equal(20, (await second.ReceiveAsync()).Value);
        Assert.False(second.TryReceive(out _));
    });

    [Fact]
    public Task WaitAsync_OneCaseWon_TheOthersAreInNoQueue() => place.Run(async () =>
    {
        var receives = new Chan<int>();
        var sends = new Chan<int>();
        var wins = new Chan<int>();
        var select = new Select();
        select.Receive(receives);
        select.Send(sends, 1);
        select.Receive(wins);
        for (int i = 0; i < 10; i++)
        {
            ValueTask<int> wait = select.WaitAsync();
            Assert.True(wins.TrySend(i));
            // Also before the result is taken: the losers can't be served any more.
            Assert.False(receives.TrySend(1));
            Assert.False(sends.TryReceive(out _));
            Assert.Equal(2, await wait);
            Assert.False(receives.TrySend(1));
            Assert.False(sends.TryReceive(out _));
            Assert.False(wins.TrySend(2));
        }
    });

    [Fact]
    public Task WaitAsync_LosersInQueues_AreSkippedNotServed() => place.Run(async () =>
    {
        // Between the win and the taking of its result, the loser is still queued before a plain receiver.
        var channel = new Chan<int>();
        var wins = new Chan<int>();
        var select = new Select();
        select.Receive(channel);
        select.Receive(wins);
        ValueTask<int> wait = select.WaitAsync();
        ValueTask<Received<int>> plain = channel.ReceiveAsync();
        Assert.True(wins.TrySend(1));
        Assert.True(channel.TrySend(2));
        Assert.Equal(2, (await plain).Value);
        Assert.Equal(1, await wait);
    });

    [Fact]
    public Task WaitAsync_AmongOtherWaiters_KeepsItsPlaceInTheQueue() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask<Received<int>> before = channel.ReceiveAsync();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel);
        ValueTask<int> wait = select.WaitAsync();
        ValueTask<Received<int>> after = channel.ReceiveAsync();
        for (int i = 1; i <= 3; i++)
        {
            Assert.True(channel.TrySend(i));
        }

        Assert.Equal(1, (await before).Value);
        await wait;
        Assert.Equal(2, receive.Value);
        Assert.Equal(3, (await after).Value);
    });

    [Fact]
    public Task WaitAsync_ParkedWithPartners_ServesEveryOne() => place.Run(async () =>
    {
        const int Values = 300;
        var numbers = new Chan<int>();
        var words = new Chan<string>(2);
        var output = new Chan<long>();
        Task sender = place.Start(async () =>
        {
            for (int i = 0; i < Values; i++)
            {
                await numbers.SendAsync(i);
            }
        });
        Task writer = place.Start(async () =>
        {
            for (int i = 0; i < Values; i++)
            {
                await words.SendAsync("ab");
            }
        });
        Task taker = place.Start(async () =>
        {
            for (int i = 0; i < Values; i++)
            {
                Assert.Equal(9, (await output.ReceiveAsync()).Value);
            }
        });
        var select = new Select();
        ReceiveCase<int> number = select.Receive(numbers);
        ReceiveCase<string> word = select.Receive(words);
        select.Send(output, 9);
        int[] counts = new int[3];
        for (int i = 0; i < 3 * Values; i++)
        {
            int index = await select.WaitAsync();
            if (index == 0)
            {
                Assert.Equal(counts[0], number.Value);
            }
            else if (index == 1)
            {
                Assert.Equal("ab", word.Value);
            }

            counts[index]++;
        }

        Assert.Equal([Values, Values, Values], counts);
        await Task.WhenAll(sender, writer, taker);
    });

    [Fact]
    public Task WaitAsync_ThousandsOfTimesOnOneSelect_IsRightEachTime() => place.Run(async () =>
    {
        // Beyond the range of any 16-bit version of a pooled wait.
        const int Rounds = 70_000;
        var first = new Chan<int>();
        var second = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> one = select.Receive(first);
        ReceiveCase<int> two = select.Receive(second);
        for (int i = 0; i < Rounds; i++)
        {
            bool odd = (i & 1) != 0;
            ValueTask<int> wait = select.WaitAsync();
            Assert.True((odd ? second : first).TrySend(i));
            int index = await wait;
            Assert.Equal(odd ? 1 : 0, index);
            Assert.Equal(i, (odd ? two : one).Value);
        }
    });

    [Fact]
    public Task Example_OfAWorkerLoop_StopsWhenJobsAreClosed() => place.Run(async () =>
    {
        var jobs = new Chan<int>();
        var done = new Chan<int>();
        Task producer = place.Start(async () =>
        {
            for (int i = 1; i <= 10; i++)
            {
                await jobs.SendAsync(i);
            }

            jobs.Close();
        });
        var select = new Select();
        ReceiveCase<int> job = select.Receive(jobs.Receiver);
        ReceiveCase<int> quit = select.Receive(done.Receiver);
        int sum = 0;
        for (bool running = true; running;)
        {
            switch (await select.WaitAsync())
            {
                case 0 when !job.Ok:
                    running = false;
                    break;
                case 0:
                    sum += job.Value;
                    break;
                default:
                    Assert.Fail($"quit: {quit.Ok}");
                    break;
            }
        }

        Assert.Equal(55, sum);
        await producer;
    });
}

public sealed class SelectWaitInPoolTests() : SelectWaitTests(Place.Pool);

public sealed class SelectWaitInGoroutineTests() : SelectWaitTests(Place.Goroutine);
