using Xunit;

namespace Goroutines.Testing.Tests.Primitives;

public sealed class SelectScheduleTests
{
    [Fact]
    public void Select_AgainstSelect_ExactlyOnePairMeets() => Every.Schedule(async () =>
    {
        Chan<int> a = new(), b = new();
        Goroutine<int> other = Go.Run(async () =>
        {
            var select = new Select();
            select.Receive(a);
            select.Send(b, 2);
            return await select.WaitAsync();
        });
        var mine = new Select();
        mine.Send(a, 1);
        ReceiveCase<int> fromB = mine.Receive(b);
        int chosen = await mine.WaitAsync();
        Assert.Equal(chosen, await other);
        Assert.Equal(chosen == 1 ? 2 : 0, fromB.Value);
        Assert.False(a.TryReceive(out _) || b.TryReceive(out _));
    });

    [Fact]
    public void Select_TwoSendersOnTwoChannels_TakesOneAndLeavesTheOther() => Every.Schedule(async () =>
    {
        Chan<int> a = new(), b = new();
        Goroutine one = Go.Run(async () => await a.SendAsync(1)), two = Go.Run(async () => await b.SendAsync(2));
        var select = new Select();
        ReceiveCase<int> fromA = select.Receive(a), fromB = select.Receive(b);
        int first = await select.WaitAsync();
        int got = fromA.Value + fromB.Value;
        Assert.Equal(first + 1, got);
        Assert.Equal(1 - first, await select.WaitAsync());
        await one;
        await two;
    });

    [Fact]
    public void Select_PartnerAgainstCancelAgainstClose_OneWins() => Every.Schedule(
        async () =>
        {
            Chan<int> values = new(), closing = new();
            using var source = new CancellationTokenSource();
            Goroutine<string> selecting = Go.Run(async () =>
            {
                var select = new Select();
                ReceiveCase<int> value = select.Receive(values);
                ReceiveCase<int> end = select.Receive(closing);
                try
                {
                    int chosen = await select.WaitAsync(source.Token);
                    Assert.Equal(chosen == 0, value.Ok);
                    Assert.False(end.Ok);
                    return chosen == 0 ? "value" : "closed";
                }
                catch (OperationCanceledException)
                {
                    return "cancelled";
                }
            });
            using var stop = new CancellationTokenSource();
            Goroutine<bool> sender = Go.Run(() => Every.Succeeds(() => values.SendAsync(1, stop.Token)));
            Goroutine canceller = Go.Run(() =>
            {
                source.Cancel();
                return ValueTask.CompletedTask;
            });
            Goroutine closer = Go.Run(() =>
            {
                closing.Close();
                return ValueTask.CompletedTask;
            });
            string outcome = await selecting;
            stop.Cancel();
            Assert.Equal(outcome == "value", await sender);
            await canceller;
            await closer;
        },
        preemptions: 2);

    [Fact]
    public void Select_SendOnChannelThatIsClosed_ThrowsOnce() => Every.Schedule(async () =>
    {
        Chan<int> a = new(), b = new(1);
        Goroutine closer = Go.Run(() =>
        {
            a.Close();
            return ValueTask.CompletedTask;
        });
        var select = new Select();
        select.Send(a, 1);
        select.Send(b, 2);
        try
        {
            Assert.Equal(1, await select.WaitAsync());
            Assert.Equal(1, b.Count);
        }
        catch (System.Threading.Channels.ChannelClosedException)
        {
            Assert.Equal(0, b.Count);
        }

        await closer;
    });

    [Fact]
    public void Select_TimeoutAgainstPartner_OneWins() => Every.Schedule(async () =>
    {
        var values = new Chan<int>();
        using var stop = new CancellationTokenSource();
        Goroutine<bool> sender = Go.Run(() => Every.Succeeds(async () =>
        {
            await Go.SleepAsync(TimeSpan.FromSeconds(1));
            await values.SendAsync(1, stop.Token);
        }));
        int chosen = await new Select().Receive(values, out _).Timeout(TimeSpan.FromSeconds(1), out _).WaitAsync();
        await GoTest.WaitAsync();
        stop.Cancel();
        Assert.Equal(chosen == 0, await sender);
    });
}
