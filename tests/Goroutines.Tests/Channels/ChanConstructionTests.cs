using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>Making a channel, and what it says about itself.</summary>
public class ChanConstructionTests
{
    [Fact]
    public void Chan_NoCapacityGiven_IsARendezvous()
    {
        var channel = new Chan<int>();
        Assert.Equal(0, channel.Capacity);
        Assert.Equal(0, channel.Count);
        Assert.False(channel.TrySend(1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Capacity_IsWhatWasAskedFor(int capacity)
    {
        var channel = new Chan<string>(capacity);
        Assert.Equal(capacity, channel.Capacity);
        Assert.Equal(capacity, channel.Sender.Capacity);
        Assert.Equal(capacity, channel.Receiver.Capacity);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-100)]
    [InlineData(int.MinValue)]
    public void Chan_NegativeCapacity_IsOutOfRange(int capacity)
    {
        ArgumentOutOfRangeException thrown = Assert.Throws<ArgumentOutOfRangeException>(() => new Chan<int>(capacity));
        Assert.Equal("capacity", thrown.ParamName);
        Assert.Equal(capacity, thrown.ActualValue);
    }

    [Fact]
    public void Chan_LargestCapacity_TakesNoMemoryUpFront()
    {
        var channel = new Chan<long>(int.MaxValue);
        Assert.Equal(int.MaxValue, channel.Capacity);
        Assert.True(channel.TrySend(1));
        Assert.True(channel.TryReceive(out Received<long> received));
        Assert.Equal(1, received.Value);
    }

    [Fact]
    public async Task Count_IsTheNumberOfBufferedValues()
    {
        var channel = new Chan<int>(3);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(i, channel.Count);
            Assert.True(channel.TrySend(i));
        }

        Assert.Equal(3, channel.Count);
        Assert.Equal(3, channel.Sender.Count);
        Assert.Equal(3, channel.Receiver.Count);

        // A waiting sender's value is not in the buffer, as with Go's len.
        ValueTask waiting = channel.SendAsync(3);
        Assert.Equal(3, channel.Count);
        await channel.ReceiveAsync();
        Assert.Equal(3, channel.Count);
        await waiting;

        channel.Close();
        Assert.Equal(3, channel.Count);
        for (int i = 3; i > 0; i--)
        {
            await channel.ReceiveAsync();
            Assert.Equal(i - 1, channel.Count);
        }
    }

    [Fact]
    public void Count_OfARendezvous_IsAlwaysZero()
    {
        var channel = new Chan<int>();
        ValueTask waiting = channel.SendAsync(1);
        Assert.False(waiting.IsCompleted);
        Assert.Equal(0, channel.Count);
        Assert.True(channel.TryReceive(out _));
        Assert.Equal(0, channel.Count);
        Assert.True(waiting.IsCompletedSuccessfully);
    }

    [Fact]
    public void Received_DeconstructsAndCompares()
    {
        var received = new Received<string>("a", true);
        var (value, ok) = received;
        Assert.Equal("a", value);
        Assert.True(ok);
        Assert.Equal(new Received<string>("a", true), received);
        Assert.NotEqual(new Received<string>("a", false), received);
        Assert.Equal(default, new Received<string>(null!, false));
    }
}
