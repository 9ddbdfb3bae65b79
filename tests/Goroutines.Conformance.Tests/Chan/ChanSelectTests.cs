using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>The selects of Go's <c>runtime/chan_test.go</c>.</summary>
public class ChanSelectTests
{
    /// <summary>Two goroutines that would each both send and receive on one channel: unbuffered, they meet each other, never themselves.</summary>
    [Theory(DisplayName = "go: runtime/chan_test.go TestSelfSelect")]
    [InlineData(0)]
    [InlineData(10)]
    public Task SendAndReceiveOfOneChannel_MeetsTheOtherGoroutine(int capacity) => Isolated.GoAsync(2, async () =>
    {
        const int Rounds = 1000;
        var channel = new Chan<int>(capacity);
        Goroutine<int>[] both = [.. Enumerable.Range(0, 2).Select(me => Go.Run(() => Alternate(me)))];

        // Every value that was sent was received or is in the buffer.
        int balance = await both[0] + await both[1];
        Assert.Equal(channel.Count, balance);

        async ValueTask<int> Alternate(int me)
        {
            Select sendFirst = new Select().Send(channel, me, out SendCase<int> sent).Receive(channel, out ReceiveCase<int> received);
            Select receiveFirst = new Select().Receive(channel, out ReceiveCase<int> received2).Send(channel, me, out SendCase<int> sent2);
            int balance = 0;
            for (int i = 0; i < Rounds; i++)
            {
                bool first = me == 0 || i % 2 == 0;
                await (first ? sendFirst : receiveFirst).WaitAsync();
                if ((first ? sent : sent2).Selected)
                {
                    balance++;
                }
                else
                {
                    balance--;
                    Assert.True(capacity > 0 || (first ? received : received2).Value != me, "A select has received from itself.");
                }
            }

            return balance;
        }
    });

    /// <summary>
    /// On each of four channels: a sender, a receiver, and a case of one select that sends on all and of one that receives from
    /// all. The case of a channel that has had its share is made nil.
    /// </summary>
    [Fact(DisplayName = "go: runtime/chan_test.go TestSelectStress")]
    public Task SelectsAndOperationsOnTheSameChannels_AllEnd() => Isolated.GoAsync(10, async () =>
    {
        int share = Load.Times(10_000);
        Chan<int>[] channels = [new(), new(), new(2), new(3)];
        List<Goroutine> goroutines = [];
        foreach (Chan<int> channel in channels)
        {
            goroutines.Add(Go.Run(async () =>
            {
                for (int i = 0; i < share; i++)
                {
                    await channel.SendAsync(0);
                }
            }));
            goroutines.Add(Go.Run(async () =>
            {
                for (int i = 0; i < share; i++)
                {
                    Assert.True((await channel.ReceiveAsync()).Ok);
                }
            }));
        }

        goroutines.Add(Go.Run(() =>
        {
            var select = new Select();
            return WaitForAll(select, [.. Shuffled().Select(channel => select.Send(channel))]);
        }));
        goroutines.Add(Go.Run(() =>
        {
            var select = new Select();
            return WaitForAll(select, [.. channels.Select(channel => select.Receive(channel))]);
        }));
        foreach (Goroutine goroutine in goroutines)
        {
            await goroutine;
        }

        Assert.All(channels, static channel => Assert.Equal(0, channel.Count));

        Chan<int>[] Shuffled() => [channels[3], channels[2], channels[0], channels[1]];

        async ValueTask WaitForAll(Select select, SelectCase[] cases)
        {
            int[] times = new int[cases.Length];
            for (int i = 0; i < share * cases.Length; i++)
            {
                int index = await select.WaitAsync();
                cases[index].Enabled = ++times[index] < share;
            }
        }
    });

    /// <summary>Of two channels that are always ready and two that never are, the first two are chosen about equally often.</summary>
    [Fact(DisplayName = "go: runtime/chan_test.go TestSelectFairness")]
    public Task TwoReadyOfFour_AreChosenEquallyOften() => GoProgram.RunAsync(async () =>
    {
        const int Trials = 10_000;
        var ones = new Chan<int>(Trials + 1);
        var twos = new Chan<int>(Trials + 1);
        for (int i = 0; i <= Trials; i++)
        {
            await ones.SendAsync(1);
            await twos.SendAsync(2);
        }

        var output = new Chan<int>();
        var done = new Chan<Unit>();
        Goroutine chooser = Go.Run(async () =>
        {
            var input = new Select();
            ReceiveCase<int>[] inputs =
                [input.Receive(new Chan<int>()), input.Receive(new Chan<int>()), input.Receive(ones), input.Receive(twos)];
            var pass = new Select();
            SendCase<int> passed = pass.Send(output);
            ReceiveCase<Unit> ended = pass.Receive(done);
            while (!ended.Selected)
            {
                passed.Value = inputs[await input.WaitAsync()].Value;
                await pass.WaitAsync();
            }
        });

        int[] times = new int[3];
        for (int i = 0; i < Trials; i++)
        {
            times[(await output.ReceiveAsync()).Value]++;
        }

        done.Close();
        await chooser;

        // Ten standard deviations of a fair coin.
        Assert.Equal(Trials, times[1] + times[2]);
        Assert.InRange(times[1], (Trials / 2) - (10 * Math.Sqrt(Trials / 4.0)), (Trials / 2) + (10 * Math.Sqrt(Trials / 4.0)));
    });

    [Theory(DisplayName = "go: runtime/chan_test.go TestPseudoRandomSend")]
    [InlineData(0)]
    [InlineData(100)]
    public Task TwoSendsOnOneChannel_BothAreChosenOften(int capacity) => Isolated.GoAsync(async () =>
    {
        const int Values = 100;
        var channel = new Chan<int>(capacity);
        var ones = Go.Run(async () =>
        {
            int sum = 0;
            for (int i = 0; i < Values; i++)
            {
                await Go.Yield();
                sum += (await channel.ReceiveAsync()).Value;
            }

            return sum;
        });
        Select select = new Select().Send(channel, 1, out _).Send(channel, 0, out _);
        for (int i = 0; i < Values; i++)
        {
            await select.WaitAsync();
        }

        Assert.InRange(await ones, (Values / 10) + 1, Values - (Values / 10) - 1);
    });

    /// <summary>A select may stand twice in a channel's queue; chosen by another channel, it leaves both places and harms no neighbour.</summary>
    [Fact(DisplayName = "go: runtime/chan_test.go TestSelectDuplicateChannel")]
    public Task OneChannelInTwoCases_LeavesTheQueueInOrder() => Isolated.GoAsync(async () =>
    {
        var twice = new Chan<int>();
        var other = new Chan<int>();
        var chosen = Go.Run(() => new Select().Receive(twice, out _).Receive(twice, out _).Receive(other, out _).WaitAsync());
        await Parked.UntilAsync(chosen.Id, "select");
        var behind = Go.Run(() => twice.ReceiveAsync());
        await Parked.UntilAsync(behind.Id, "chan receive");

        await other.SendAsync(7);
        Assert.Equal(2, await chosen);
        await twice.SendAsync(8);
        Assert.Equal(new Received<int>(8, true), await behind);
    });

    /// <summary>
    /// Of what is received nothing but the chosen case changes, also when the collector moves everything while the selects
    /// wait. (In Go it is the stacks with the variables to receive into that move.)
    /// </summary>
    [Theory(DisplayName = "go: runtime/chan_test.go TestSelectStackAdjust")]
    [InlineData(false)]
    [InlineData(true)]
    public Task CollectionWhileWaiting_CasesStayAsTheyWere(bool twice) => Isolated.GoAsync(async () =>
    {
        var objects = new Chan<object>();
        var end = new Chan<object>();
        var selecting = Go.Run(async () =>
        {
            int before = DeepStack.Take(10);
            Select select = new Select().Receive(objects, out ReceiveCase<object> unchosen).Receive(end, out ReceiveCase<object> chosen);
            if (twice)
            {
                select.Receive(objects, out _).Receive(end, out _);
            }

            int index = await select.WaitAsync();
            Assert.Equal(before, DeepStack.Take(10));
            Assert.Equal((false, null), (unchosen.Selected, unchosen.Value));
            Assert.Null(chosen.Value);
            return index % 2;
        });
        await Parked.UntilAsync(selecting.Id, "select");
        GC.Collect();
        end.Close();
        Assert.Equal(1, await selecting);
    });
}
