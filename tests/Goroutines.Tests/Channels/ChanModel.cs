using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>
/// What channels and selects do, written down the simplest way: lists, and no concurrency. A waiter has one case (a plain
/// send or receive) or several (a select); the first that is served ends it.
/// </summary>
internal sealed class ChanModel(int[] capacities)
{
    private readonly Channel[] _channels = [.. capacities.Select(capacity => new Channel(capacity))];

    /// <summary>A case of a waiter: a send of <c>Value</c>, or a receive when it is null.</summary>
    internal readonly record struct Case(int Channel, int? Value)
    {
        public bool IsSend => Value is not null;
    }

    internal sealed class Waiter(Case[] cases)
    {
        public Case[] Cases { get; } = cases;

        /// <summary>How it ended; null: it waits.</summary>
        public string? Outcome { get; set; }
    }

    private sealed class Channel(int capacity)
    {
        public int Capacity { get; } = capacity;

        public bool Closed { get; set; }

        public List<int> Buffer { get; } = [];

        public List<(Waiter Waiter, int Index)> Senders { get; } = [];

        public List<(Waiter Waiter, int Index)> Receivers { get; } = [];

        public static (Waiter Waiter, int Index)? First(List<(Waiter Waiter, int Index)> queue)
        {
            queue.RemoveAll(static entry => entry.Waiter.Outcome is not null);
            return queue.Count == 0 ? null : queue[0];
        }
    }

    public int Count(int channel) => _channels[channel].Buffer.Count;

    public bool IsClosed(int channel) => _channels[channel].Closed;

    /// <summary>The cases that could go on now.</summary>
    public int[] Ready(Case[] cases) => [.. Enumerable.Range(0, cases.Length).Where(i => IsReady(cases[i]))];

    /// <summary>Performs a case that is ready, and says how it ended.</summary>
    public string Perform(Case performed, int index)
    {
        Channel channel = _channels[performed.Channel];
        if (performed.Value is { } value)
        {
            if (channel.Closed)
            {
                return Closed;
            }

            if (Channel.First(channel.Receivers) is { } receiver)
            {
                receiver.Waiter.Outcome = Received(receiver.Index, value);
            }
            else
            {
                Assert.True(channel.Buffer.Count < channel.Capacity);
                channel.Buffer.Add(value);
            }

            return Sent(index);
        }

        (Waiter Waiter, int Index)? sender = Channel.First(channel.Senders);
        if (channel.Buffer.Count > 0)
        {
            int head = channel.Buffer[0];
            channel.Buffer.RemoveAt(0);
            if (sender is { } next)
            {
                channel.Buffer.Add(next.Waiter.Cases[next.Index].Value!.Value);
                next.Waiter.Outcome = Sent(next.Index);
            }

            return Received(index, head);
        }

        if (sender is { } partner)
        {
            partner.Waiter.Outcome = Sent(partner.Index);
            return Received(index, partner.Waiter.Cases[partner.Index].Value!.Value);
        }

        Assert.True(channel.Closed);
        return Nothing(index);
    }

    /// <summary>Begins to wait with every case.</summary>
    public Waiter Wait(Case[] cases)
    {
        Assert.Empty(Ready(cases));
        var waiter = new Waiter(cases);
        for (int i = 0; i < cases.Length; i++)
        {
            Channel channel = _channels[cases[i].Channel];
            (cases[i].IsSend ? channel.Senders : channel.Receivers).Add((waiter, i));
        }

        return waiter;
    }

    public bool TryClose(int index)
    {
        Channel channel = _channels[index];
        if (channel.Closed)
        {
            return false;
        }

        channel.Closed = true;
        while (Channel.First(channel.Receivers) is { } receiver)
        {
            receiver.Waiter.Outcome = Nothing(receiver.Index);
        }

        while (Channel.First(channel.Senders) is { } sender)
        {
            sender.Waiter.Outcome = Closed;
        }

        return true;
    }

    public static void Cancel(Waiter waiter) => waiter.Outcome ??= Cancelled;

    public const string Closed = "closed";

    public const string Cancelled = "cancelled";

    public static string Sent(int index) => $"{index}: sent";

    public static string Received(int index, int value) => $"{index}: received {value}";

    public static string Nothing(int index) => $"{index}: not ok";

    private bool IsReady(Case candidate)
    {
        Channel channel = _channels[candidate.Channel];
        return channel.Closed
            || (candidate.IsSend
                ? channel.Buffer.Count < channel.Capacity || Channel.First(channel.Receivers) is not null
                : channel.Buffer.Count > 0 || Channel.First(channel.Senders) is not null);
    }
}
