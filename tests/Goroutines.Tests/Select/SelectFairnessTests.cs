using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Selects;

/// <summary>The choice among ready cases is uniform.</summary>
public abstract class SelectFairnessTests(Place place)
{
    private const int Rounds = 12_000;

    [Fact]
    public Task WaitAsync_AllReady_ChoosesUniformly() => place.Run(async () =>
    {
        var (select, refill) = await ReadyReceives(4);
        await AssertUniform([0, 1, 2, 3], async () =>
        {
            int index = await select.WaitAsync();
            await refill(index);
            return index;
        });
    });

    [Fact]
    public Task TryWait_AllReady_ChoosesUniformly() => place.Run(async () =>
    {
        var (select, refill) = await ReadyReceives(3);
        await AssertUniform([0, 1, 2], async () =>
        {
            Assert.True(select.TryWait(out int index));
            await refill(index);
            return index;
        });
    });

    [Fact]
    public Task WaitAsync_ReadyCasesUnevenlySpread_ChoosesUniformly() => place.Run(async () =>
    {
        // Trying in turn from a random start would favour the first after a gap.
        var (select, refill) = await ReadyReceives(8, 0, 1, 2, 7);
        await AssertUniform([0, 1, 2, 7], async () =>
        {
            int index = await select.WaitAsync();
            await refill(index);
            return index;
        });
    });

    [Fact]
    public Task WaitAsync_SomeCasesDisabled_ChoosesUniformlyAmongTheRest() => place.Run(async () =>
    {
        Chan<int>[] channels = [.. Enumerable.Range(0, 6).Select(_ => new Chan<int>(1))];
        var select = new Select();
        SelectCase[] cases = [.. channels.Select(channel => select.Send(channel, 1))];
        cases[1].Enabled = false;
        cases[2].Enabled = false;
        cases[5].Enabled = false;
        await AssertUniform([0, 3, 4], async () =>
        {
            int index = await select.WaitAsync();
            await channels[index].ReceiveAsync();
            return index;
        });
    });

    [Fact]
    public Task WaitAsync_SendsAndReceivesReady_ChoosesUniformly() => place.Run(async () =>
    {
        var input = new Chan<int>(1);
        var output = new Chan<int>(1);
        var closed = new Chan<int>();
        closed.Close();
        await input.SendAsync(1);
        var select = new Select();
        select.Receive(input);
        select.Send(output, 1);
        select.Receive(closed);
        await AssertUniform([0, 1, 2], async () =>
        {
            int index = await select.WaitAsync();
            switch (index)
            {
                case 0:
                    await input.SendAsync(1);
                    break;
                case 1:
                    await output.ReceiveAsync();
                    break;
                default:
                    break;
            }

            return index;
        });
    });

    [Fact]
    public Task WaitAsync_OneOffSelects_ChooseUniformly() => place.Run(async () =>
    {
        var first = new Chan<int>(1);
        var second = new Chan<int>(1);
        var third = new Chan<int>(1);
        await first.SendAsync(0);
        await second.SendAsync(0);
        await third.SendAsync(0);
        Chan<int>[] channels = [first, second, third];
        await AssertUniform([0, 1, 2], async () =>
        {
            int index = await new Select().Receive(first, out _).Receive(second, out _).Receive(third, out _).WaitAsync();
            await channels[index].SendAsync(0);
            return index;
        });
    });

    [Fact]
    public Task WaitAsync_SameChannelTwice_ChoosesUniformly() => place.Run(async () =>
    {
        var channel = new Chan<int>(1);
        await channel.SendAsync(0);
        var select = new Select();
        select.Receive(channel);
        select.Receive(channel);
        await AssertUniform([0, 1], async () =>
        {
            int index = await select.WaitAsync();
            await channel.SendAsync(0);
            return index;
        });
    });

    /// <summary>Both cases wait in one queue, where a partner takes the first.</summary>
    [Fact]
    public Task WaitAsync_SameChannelTwiceAndThePartnerComesLater_ChoosesUniformly() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        var receives = new Select();
        receives.Receive(channel);
        receives.Receive(channel);
        await AssertUniform([0, 1], async () =>
        {
            ValueTask<int> wait = receives.WaitAsync();
            Assert.True(channel.TrySend(0));
            return await wait;
        });

        var sends = new Select();
        sends.Send(channel, 0);
        sends.Send(channel, 1);
        await AssertUniform([0, 1], async () =>
        {
            ValueTask<int> wait = sends.WaitAsync();
            Assert.True(channel.TryReceive(out Received<int> received));
            Assert.Equal(received.Value, await wait);
            return received.Value;
        });
    });

    private static async Task<(Select Select, Func<int, ValueTask> Refill)> ReadyReceives(int cases, params int[] ready)
    {
        Chan<int>[] channels = [.. Enumerable.Range(0, cases).Select(_ => new Chan<int>(1))];
        var select = new Select();
        foreach (Chan<int> channel in channels)
        {
            select.Receive(channel);
        }

        foreach (int index in ready.Length == 0 ? [.. Enumerable.Range(0, cases)] : ready)
        {
            await channels[index].SendAsync(index);
        }

        return (select, index => channels[index].SendAsync(index));
    }

    /// <summary>
    /// Pearson's test of the choices, and of the pairs of one choice and the next. The bounds are at about ten standard
    /// deviations of the statistic: a fair choice never gets there, one that favours a case by a tenth does.
    /// </summary>
    private static async Task AssertUniform(int[] expected, Func<ValueTask<int>> choose)
    {
        int k = expected.Length;
        int[] counts = new int[k];
        int[] pairs = new int[k * k];
        int last = 0;
        for (int i = 0; i < Rounds; i++)
        {
            int at = Array.IndexOf(expected, await choose());
            Assert.True(at >= 0, "A case was chosen that was not ready.");
            counts[at]++;
            pairs[(last * k) + at]++;
            last = at;
        }

        AssertPlausible(counts);
        AssertPlausible(pairs);
    }

    private static void AssertPlausible(int[] counts)
    {
        double mean = (double)Rounds / counts.Length;
        double statistic = counts.Sum(count => (count - mean) * (count - mean) / mean);
        double freedom = counts.Length - 1;
        double bound = freedom + (10 * Math.Sqrt(2 * freedom)) + 20;
        Assert.True(statistic < bound, $"chi² {statistic:0.0} is above {bound:0.0} for the counts {string.Join(", ", counts)}.");
    }
}

public sealed class SelectFairnessInPoolTests() : SelectFairnessTests(Place.Pool);

public sealed class SelectFairnessInGoroutineTests() : SelectFairnessTests(Place.Goroutine);
