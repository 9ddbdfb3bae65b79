using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Selects;

/// <summary>Selects on both sides of a channel.</summary>
public abstract class SelectAgainstSelectTests(Place place)
{
    [Fact]
    public Task SendingAndReceivingSelect_MeetWhicheverComesFirst() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        var other = new Chan<int>();
        var sender = new Select();
        SendCase<int> send = sender.Send(channel, 5);
        sender.Receive(other);
        var receiver = new Select();
        receiver.Send(other, 0).Enabled = false;
        ReceiveCase<int> receive = receiver.Receive(channel);

        ValueTask<int> sending = sender.WaitAsync();
        Assert.Equal(1, await receiver.WaitAsync());
        Assert.Equal(5, receive.Value);
        Assert.Equal(0, await sending);

        send.Value = 6;
        ValueTask<int> receiving = receiver.WaitAsync();
        Assert.Equal(0, await sender.WaitAsync());
        Assert.Equal(1, await receiving);
        Assert.Equal(6, receive.Value);

        receiving = receiver.WaitAsync();
        Assert.True(sender.TryWait(out int index));
        Assert.Equal(0, index);
        Assert.Equal(1, await receiving);
        Assert.False(other.TrySend(1));
    });

    [Fact]
    public Task OppositeOrders_OverTwoChannels_NeverDeadlock() => place.Run(async () =>
    {
        // Each side names the channels in another order: locks must be taken in one.
        const int Rounds = 2000;
        var left = new Chan<int>();
        var right = new Chan<int>();
        long sent = 0;
        long received = 0;
        Task sender = place.Start(async () =>
        {
            var select = new Select();
            SendCase<int> one = select.Send(left);
            SendCase<int> two = select.Send(right);
            for (int i = 1; i <= Rounds; i++)
            {
                one.Value = i;
                two.Value = i;
                await select.WaitAsync();
                sent += i;
            }
        });
        Task receiver = place.Start(async () =>
        {
            var select = new Select();
            ReceiveCase<int> one = select.Receive(right);
            ReceiveCase<int> two = select.Receive(left);
            for (int i = 1; i <= Rounds; i++)
            {
                int index = await select.WaitAsync();
                int value = index == 0 ? one.Value : two.Value;
                Assert.Equal(i, value);
                received += value;
            }
        });
        await Task.WhenAll(sender, receiver);
        Assert.Equal(sent, received);
    });

    [Fact]
    public Task Ring_OfSelects_PassesATokenRound() => place.Run(async () =>
    {
        const int Members = 5;
        const int Rounds = 100;
        Chan<int>[] links = [.. Enumerable.Range(0, Members).Select(_ => new Chan<int>())];
        var quit = new Chan<int>();
        Task[] members = [.. Enumerable.Range(0, Members).Select(m => place.Start(async () =>
        {
            var select = new Select();
            ReceiveCase<int> receive = select.Receive(links[m]);
            SendCase<int> send = select.Send(default(Sender<int>));
            select.Receive(quit);
            while (true)
            {
                switch (await select.WaitAsync())
                {
                    case 0:
                        send.Channel = links[(m + 1) % Members];
                        send.Value = receive.Value + 1;
                        break;
                    case 1 when send.Value == Members * Rounds:
                        return;
                    case 1:
                        send.Channel = default;
                        break;
                    default:
                        return;
                }
            }
        }))];
        await links[0].SendAsync(0);

        // The goroutine that has passed the last value on is done; the others are told.
        await members[Members - 1];
        quit.Close();
        await Task.WhenAll(members);
    });

    [Fact]
    public Task ManySelects_OnBothSidesOfManyChannels_EveryValueOnce() => place.Run(async () =>
    {
        const int Users = 4;
        const int Values = 250;
        Chan<int>[] channels = [new(), new(1), new(3)];
        long sum = 0;
        int count = 0;
        Task[] senders = [.. Enumerable.Range(0, Users).Select(u => place.Start(async () =>
        {
            var select = new Select();
            SendCase<int>[] cases = [.. Rotate(channels, u).Select(channel => select.Send(channel))];
            for (int i = 0; i < Values; i++)
            {
                foreach (SendCase<int> one in cases)
                {
                    one.Value = (u * Values) + i;
                }

                await select.WaitAsync();
            }
        }))];
        Task[] receivers = [.. Enumerable.Range(0, Users).Select(u => place.Start(async () =>
        {
            var select = new Select();
            ReceiveCase<int>[] cases = [.. Rotate(channels, u + 1).Select(channel => select.Receive(channel))];
            for (int i = 0; i < Values; i++)
            {
                int index = await select.WaitAsync();
                Assert.True(cases[index].Ok);
                Interlocked.Add(ref sum, cases[index].Value);
                Interlocked.Increment(ref count);
            }
        }))];
        await Task.WhenAll([.. senders, .. receivers]);
        const long All = Users * Values;
        Assert.Equal(All, count);
        Assert.Equal(All * (All - 1) / 2, sum);
        Assert.All(channels, channel => Assert.Equal(0, channel.Count));

        static IEnumerable<Chan<int>> Rotate(Chan<int>[] channels, int by) => channels.Select((_, i) => channels[(i + by) % channels.Length]);
    });
}

public sealed class SelectAgainstSelectInPoolTests() : SelectAgainstSelectTests(Place.Pool);

public sealed class SelectAgainstSelectInGoroutineTests() : SelectAgainstSelectTests(Place.Goroutine);
