using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Selects;

/// <summary>Cases that come and go between waits, as the clients of a hub do.</summary>
public class SelectRemoveTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    public Task Remove_CaseInTheMiddle_OthersKeepTheirObjectsAndMoveUp() => Isolated.GoAsync(static async () =>
    {
        Chan<int>[] channels = [new(1), new(1), new(1), new(1)];
        var select = new Select();
        ReceiveCase<int>[] cases = [.. channels.Select(channel => select.Receive(channel))];
        TimeoutCase timeout = select.Timeout(s_hour);
        select.Remove(cases[1]);
        Assert.Equal([0, -1, 1, 2, 3], new[] { cases[0].Index, cases[1].Index, cases[2].Index, cases[3].Index, timeout.Index });
        await channels[1].SendAsync(10);
        Assert.False(select.TryWait(out _));
        await channels[3].SendAsync(30);
        Assert.Equal(2, await select.WaitAsync());
        Assert.True(cases[3].Selected && cases[3].Value == 30);
        timeout.After = TimeSpan.Zero;
        Assert.Equal(3, await select.WaitAsync());
        select.Remove(timeout);
        Assert.False(select.TryWait(out _));
        ReceiveCase<int> added = select.Receive(channels[1]);
        Assert.Equal(3, added.Index);
        Assert.Equal(3, await select.WaitAsync());
        Assert.Equal(10, added.Value);
    });

    /// <summary>The partner finds the case by the place that it has now, also when the wait parks.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Remove_ThenParkAndBeServed_ChoosesTheRightCase(bool sends) => Isolated.GoAsync(async () =>
    {
        var first = new Chan<int>();
        var second = new Chan<int>();
        var select = new Select();
        SelectCase gone = select.Receive(first);
        SelectCase kept = sends ? select.Send(second, 7) : select.Receive(second);
        select.Remove(gone);
        Goroutine<int> waiter = Go.Run(async () => await select.WaitAsync());
        GoRuntime runtime = GoRuntime.Current;
        await Poll.UntilAsync(() => runtime.Snapshot().Any(static g => g.WaitReason == "select"), "the select to park");
        Assert.False(first.TrySend(1));
        if (sends)
        {
            Assert.Equal(7, await second.TakeAsync());
        }
        else
        {
            await second.SendAsync(7);
        }

        Assert.Equal(0, await waiter);
        Assert.True(kept.Selected);
    });

    [Fact]
    public Task Remove_DuringAWait_Throws() => Isolated.GoAsync(static async () =>
    {
        var channel = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> waiting = select.Receive(channel);
        Goroutine<int> waiter = Go.Run(async () => await select.WaitAsync());
        GoRuntime runtime = GoRuntime.Current;
        await Poll.UntilAsync(() => runtime.Snapshot().Any(static g => g.WaitReason == "select"), "the select to park");
        Assert.Throws<InvalidOperationException>(() => select.Remove(waiting));
        await channel.SendAsync(1);
        Assert.Equal(0, await waiter);
        select.Remove(waiting);
        Assert.Equal(1, waiting.Value); // it keeps the result of the last wait
    });

    [Fact]
    public void Remove_NoCaseOfThisSelect_Throws()
    {
        var select = new Select();
        ReceiveCase<int> mine = select.Receive(new Chan<int>());
        Assert.Throws<ArgumentNullException>("case", () => select.Remove(null!));
        Assert.Throws<ArgumentException>("case", () => select.Remove(new Select().Receive(new Chan<int>())));
        select.Remove(mine);
        Assert.Throws<ArgumentException>("case", () => select.Remove(mine));
        mine.Enabled = false;
        mine.Enabled = true;
        mine.Channel = new Chan<int>();
        Assert.Equal(0, select.ListedCount);
    }

    /// <summary>What is disabled, removed, or on a nil channel is in no list that a wait goes through.</summary>
    [Fact]
    public Task Wait_CasesOff_LooksOnlyAtTheOthers() => Isolated.GoAsync(static async () =>
    {
        const int Count = 1000;
        var live = new Chan<int>(1);
        var select = new Select();
        int looks = 0;
        List<ReceiveCase<int>> off = [];
        for (int i = 0; i < Count; i++)
        {
            off.Add(select.Receive(new Chan<int>(new LookedAtFeed(() => looks++))));
        }

        ReceiveCase<int> on = select.Receive(live);
        SendCase<string> send = select.Send(new Chan<string>());
        TimeoutCase timeout = select.Timeout(TimeSpan.Zero);
        Assert.Equal(Count + 3, select.ListedCount);
        for (int i = 0; i < Count; i++)
        {
            switch (i % 3)
            {
                case 0:
                    off[i].Enabled = false;
                    break;
                case 1:
                    off[i].Channel = default;
                    break;
                default:
                    select.Remove(off[i]);
                    break;
            }
        }

        send.Enabled = false;
        timeout.Enabled = false;
        Assert.Equal(1, select.ListedCount);
        await live.SendAsync(1);
        Assert.Equal(on.Index, await select.WaitAsync());
        Assert.False(select.TryWait(out _));
        Assert.Equal(0, looks);

        timeout.Enabled = true;
        off[0].Enabled = true;
        Assert.Equal(3, select.ListedCount);
        Assert.Equal(timeout.Index, await select.WaitAsync());
        Assert.Equal(1, looks);
    });

    /// <summary>A select whose cases change at random chooses what a simple list says can be chosen.</summary>
    [Fact]
    public Task Wait_CasesChangedAtRandom_AgreesWithAModel() => Isolated.GoAsync(static async () =>
    {
        var random = new Random(Seed.Get(nameof(Wait_CasesChangedAtRandom_AgreesWithAModel)));
        var select = new Select();
        List<(ReceiveCase<int> Case, Chan<int> Channel)> model = [];
        for (int step = 0; step < 5000; step++)
        {
            int action = random.Next(6);
            if (action == 0 || model.Count == 0)
            {
                var channel = new Chan<int>(1);
                model.Add((select.Receive(channel), channel));
                continue;
            }

            int at = random.Next(model.Count);
            (ReceiveCase<int> chosen, Chan<int> own) = model[at];
            switch (action)
            {
                case 1:
                    select.Remove(chosen);
                    model.RemoveAt(at);
                    break;
                case 2:
                    chosen.Enabled = !chosen.Enabled;
                    break;
                case 3:
                    chosen.Channel = chosen.Channel.IsNil ? own : default(Receiver<int>);
                    break;
                case 4:
                    own.TrySend(step);
                    break;
                default:
                    List<int> ready = [.. Enumerable.Range(0, model.Count).Where(i => model[i].Channel.Count != 0
                        && model[i].Case.Enabled && !model[i].Case.Channel.IsNil)];
                    bool any = select.TryWait(out int index);
                    Assert.Equal(ready.Count != 0, any);
                    Assert.True(!any || ready.Contains(index), $"Case {index} was chosen of {string.Join(", ", ready)}.");
                    break;
            }

            Assert.Equal(Enumerable.Range(0, model.Count), model.Select(static entry => entry.Case.Index));
        }

        await Go.Yield();
    });
}
