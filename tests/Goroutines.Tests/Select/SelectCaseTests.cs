using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Selects;

/// <summary>Cases: their indices, their results, and changing them between waits.</summary>
public abstract class SelectCaseTests(Place place)
{
    [Fact]
    public Task Index_IsTheOrderOfAdding() => place.Run(async () =>
    {
        var ints = new Chan<int>(1);
        var words = new Chan<string>(1);
        var select = new Select();
        ReceiveCase<int> zero = select.Receive(ints.Receiver);
        ReceiveCase<int> one = select.Receive(new Chan<int>());
        TimeoutCase two = select.Timeout(TimeSpan.FromHours(1));
        SendCase<string> three = select.Send(words.Sender, "a");
        SendCase<string> four = select.Send<string>(new Chan<string>());
        Assert.Equal([0, 1, 2, 3, 4], [zero.Index, one.Index, two.Index, three.Index, four.Index]);
        Assert.Equal(3, await select.WaitAsync());
        await ints.SendAsync(1);
        Assert.Equal(0, await select.WaitAsync());
    });

    [Fact]
    public Task Fluent_AddsTheSameCases() => place.Run(async () =>
    {
        var input = new Chan<int>(1);
        var output = new Chan<string>(1);
        await input.SendAsync(1);
        var select = new Select();
        Select same = select
            .Receive(input.Receiver, out ReceiveCase<int> zero)
            .Receive(new Chan<int>(), out ReceiveCase<int> one)
            .Send(output.Sender, "a", out SendCase<string> two)
            .Send(new Chan<string>(), "b", out SendCase<string> three)
            .Timeout(TimeSpan.FromHours(1), out TimeoutCase four);
        Assert.Same(select, same);
        Assert.Equal([0, 1, 2, 3, 4], [zero.Index, one.Index, two.Index, three.Index, four.Index]);
        Assert.Equal(TimeSpan.FromHours(1), four.After);
        Assert.Equal("b", three.Value);
        int[] both = [await select.WaitAsync(), await select.WaitAsync()];
        Assert.Equal([0, 2], both.Order());
        Assert.Equal("a", (await output.ReceiveAsync()).Value);

        Assert.Equal(1, await new Select().Receive(new Chan<int>(), out _).Send(new Chan<int>(1), 5, out _).Timeout(TimeSpan.FromHours(1), out _).WaitAsync());
    });

    [Fact]
    public Task Results_StandUntilTheNextWait() => place.Run(async () =>
    {
        var words = new Chan<string>(1);
        var other = new Chan<int>(1);
        var select = new Select();
        ReceiveCase<string> word = select.Receive(words);
        ReceiveCase<int> number = select.Receive(other);
        Assert.False(word.Selected);
        Assert.Null(word.Value);
        Assert.False(word.Ok);

        await words.SendAsync("a");
        await select.WaitAsync();
        Assert.Equal(("a", true, true), (word.Value, word.Ok, word.Selected));
        await other.SendAsync(2);
        Assert.Equal(("a", true, true), (word.Value, word.Ok, word.Selected));
        await select.WaitAsync();
        Assert.Equal((null, false, false), (word.Value, word.Ok, word.Selected));
        Assert.Equal((2, true, true), (number.Value, number.Ok, number.Selected));
        Assert.False(select.TryWait(out _));
        Assert.Equal((0, false, false), (number.Value, number.Ok, number.Selected));
    });

    [Fact]
    public Task Enabled_Off_TheCaseIsNotConsidered() => place.Run(async () =>
    {
        var first = new Chan<int>(1);
        var second = new Chan<int>(1);
        await first.SendAsync(1);
        await second.SendAsync(2);
        var select = new Select();
        ReceiveCase<int> one = select.Receive(first);
        ReceiveCase<int> two = select.Receive(second);
        Assert.True(one.Enabled);
        one.Enabled = false;
        Assert.False(one.Enabled);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(1, await select.WaitAsync());
            await second.SendAsync(2);
        }

        two.Enabled = false;
        Assert.False(select.TryWait(out _));
        one.Enabled = true;
        Assert.Equal(0, await select.WaitAsync());
        Assert.Equal(1, one.Value);
    });

    [Fact]
    public Task Enabled_OffWhileWaiting_TheCaseIsInNoQueue() => place.Run(async () =>
    {
        var off = new Chan<int>();
        var on = new Chan<int>();
        var select = new Select();
        select.Receive(off).Enabled = false;
        select.Send(off, 1).Enabled = false;
        select.Receive(on);
        TimeoutCase timeout = select.Timeout(TimeSpan.Zero);
        timeout.Enabled = false;
        ValueTask<int> wait = select.WaitAsync();
        Assert.False(wait.IsCompleted);
        Assert.False(off.TrySend(1));
        Assert.False(off.TryReceive(out _));
        Assert.True(on.TrySend(1));
        Assert.Equal(2, await wait);
    });

    [Fact]
    public Task Channel_SetToNil_TheCaseIsNotConsidered() => place.Run(async () =>
    {
        // Go's idiom: set the channel to nil when it is drained, or to the output while there is something to send.
        var input = new Chan<int>();
        var output = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(input);
        SendCase<int> send = select.Send(default(Sender<int>));
        Assert.True(send.Channel.IsNil);
        Assert.Equal(input.Receiver, receive.Channel);
        Task producer = place.Start(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await input.SendAsync(i);
            }

            input.Close();
        });
        var seen = new List<int>();
        Task consumer = place.Start(async () =>
        {
            await foreach (int value in output)
            {
                seen.Add(value);
            }
        });
        var queue = new Queue<int>();
        while (!receive.Channel.IsNil || queue.Count > 0)
        {
            send.Channel = queue.Count > 0 ? output.Sender : default;
            send.Value = queue.Count > 0 ? queue.Peek() : -1;
            switch (await select.WaitAsync())
            {
                case 0 when receive.Ok:
                    queue.Enqueue(receive.Value);
                    break;
                case 0:
                    receive.Channel = default;
                    break;
                default:
                    queue.Dequeue();
                    break;
            }
        }

        output.Close();
        await producer;
        await consumer;
        Assert.Equal(Enumerable.Range(0, 100), seen);
    });

    [Fact]
    public Task Channel_SetToAnother_TheOldOneIsLeft() => place.Run(async () =>
    {
        var old = new Chan<int>();
        var @new = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(old);
        ValueTask<int> wait = select.WaitAsync();
        Assert.True(old.TrySend(1));
        await wait;
        receive.Channel = @new;
        wait = select.WaitAsync();
        Assert.False(old.TrySend(2));
        Assert.True(@new.TrySend(3));
        await wait;
        Assert.Equal(3, receive.Value);
    });

    [Fact]
    public Task Value_OfASend_IsTheOneSetBeforeTheWait() => place.Run(async () =>
    {
        var channel = new Chan<string>(1);
        var select = new Select();
        SendCase<string> send = select.Send<string>(channel);
        Assert.Null(send.Value);
        foreach (string value in (string[])["a", "b", "c"])
        {
            send.Value = value;
            Assert.Equal(value, send.Value);
            await select.WaitAsync();
            Assert.Equal(value, (await channel.ReceiveAsync()).Value);
        }

        await select.WaitAsync();
        Assert.Equal("c", (await channel.ReceiveAsync()).Value);
    });

    [Fact]
    public Task Cases_AddedBetweenWaits_TakePart() => place.Run(async () =>
    {
        var first = new Chan<int>();
        var second = new Chan<int>(1);
        var select = new Select();
        select.Receive(first);
        ValueTask<int> wait = select.WaitAsync();
        Assert.True(first.TrySend(1));
        Assert.Equal(0, await wait);
        ReceiveCase<int> added = select.Receive(second);
        await second.SendAsync(2);
        Assert.Equal(1, await select.WaitAsync());
        Assert.Equal(2, added.Value);
    });

    [Fact]
    public Task Nil_BesideReadyCases_IsNeverPicked() => place.Run(async () =>
    {
        var ready = new Chan<int>(1);
        var select = new Select();
        select.Receive(default(Receiver<int>));
        select.Send(default(Sender<int>), 1);
        select.Receive((Chan<int>)null!);
        select.Receive(ready);
        for (int i = 0; i < 50; i++)
        {
            await ready.SendAsync(i);
            Assert.Equal(3, await select.WaitAsync());
        }
    });
}

public sealed class SelectCaseInPoolTests() : SelectCaseTests(Place.Pool);

public sealed class SelectCaseInGoroutineTests() : SelectCaseTests(Place.Goroutine);
