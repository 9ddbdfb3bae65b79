using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>What <see cref="GoBarrier"/> promises wherever it is used.</summary>
public abstract class GoBarrierTests(Place place)
{
    [Fact]
    public Task WaitAsync_RoundAfterRound_NobodyIsAheadAndOneIsLast() => place.Run(async () =>
    {
        const int Participants = 5;
        const int Rounds = 100;
        var barrier = new GoBarrier(Participants);
        int[] arrivals = new int[Rounds];
        int[] last = new int[Rounds];
        await Task.WhenAll(Enumerable.Range(0, Participants).Select(_ => place.Start(async () =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                Interlocked.Increment(ref arrivals[round]);
                bool isLast = await barrier.WaitAsync();
                Assert.Equal(Participants, Volatile.Read(ref arrivals[round]));
                Assert.InRange(barrier.Phase, round + 1, round + 2);
                Interlocked.Add(ref last[round], isLast ? 1 : 0);
            }
        })));
        Assert.All(last, static count => Assert.Equal(1, count));
        Assert.Equal(Rounds, barrier.Phase);
    });

    [Fact]
    public Task WaitAsync_OneParticipant_IsAlwaysTheLast() => place.Run(async () =>
    {
        var barrier = new GoBarrier(1);
        for (int round = 1; round <= 3; round++)
        {
            ValueTask<bool> arrival = barrier.WaitAsync();
            Assert.True(arrival.IsCompletedSuccessfully);
            Assert.True(await arrival);
            Assert.Equal(round, barrier.Phase);
        }
    });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void Constructor_NoParticipants_Throws(int participants)
        => Assert.Equal("participants", Assert.Throws<ArgumentOutOfRangeException>(() => new GoBarrier(participants)).ParamName);

    [Fact]
    public Task WaitAsync_MoreThanParticipants_BeginTheNextPhase() => place.Run(async () =>
    {
        var barrier = new GoBarrier(2);
        ValueTask<bool> first = barrier.WaitAsync();
        Assert.True(await barrier.WaitAsync());
        ValueTask<bool> third = barrier.WaitAsync();
        Assert.False(await first);
        Assert.False(third.IsCompleted);
        Assert.Equal(1, barrier.Phase);
        Assert.True(await barrier.WaitAsync());
        Assert.False(await third);
        Assert.Equal(2, barrier.Phase);
    });

    [Fact]
    public Task WaitAsync_TokenCancelledBefore_DoesNotArrive() => place.Run(async () =>
    {
        var barrier = new GoBarrier(2);
        ValueTask<bool> first = barrier.WaitAsync();
        var cancelled = new CancellationToken(canceled: true);
        OperationCanceledException exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await barrier.WaitAsync(cancelled));
        Assert.Equal(cancelled, exception.CancellationToken);
        Assert.False(first.IsCompleted);
        Assert.Equal(0, barrier.Phase);
        Assert.True(await barrier.WaitAsync());
        Assert.False(await first);
    });

    [Fact]
    public Task WaitAsync_Cancelled_TakesItsArrivalBackAndLeavesTheOthers() => place.Run(async () =>
    {
        var barrier = new GoBarrier(3);
        using var source = new CancellationTokenSource();
        ValueTask<bool> first = barrier.WaitAsync();
        ValueTask<bool> impatient = barrier.WaitAsync(source.Token);
        await source.CancelAsync();
        OperationCanceledException exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await impatient);
        Assert.Equal(source.Token, exception.CancellationToken);
        ValueTask<bool> second = barrier.WaitAsync();
        Assert.False(first.IsCompleted);
        Assert.False(second.IsCompleted);
        Assert.True(await barrier.WaitAsync());
        Assert.False(await first);
        Assert.False(await second);
        Assert.Equal(1, barrier.Phase);
    });

    [Fact]
    public Task WaitAsync_CancelledAfterThePhase_HasArrived() => place.Run(async () =>
    {
        var barrier = new GoBarrier(2);
        using var source = new CancellationTokenSource();
        ValueTask<bool> first = barrier.WaitAsync(source.Token);
        Assert.True(await barrier.WaitAsync());
        await source.CancelAsync();
        Assert.False(await first);
        Assert.Equal(1, barrier.Phase);
    });

    [Fact]
    public Task Wait_ThreadsAndBodies_MeetInEachPhase() => place.Run(async () =>
    {
        const int Rounds = 20;
        var barrier = new GoBarrier(3);
        int last = 0;
        Task thread = PlainThread.Run(Meet);
        Goroutine stackful = Go.Run(Meet);
        for (int round = 0; round < Rounds; round++)
        {
            Interlocked.Add(ref last, await barrier.WaitAsync() ? 1 : 0);
        }

        await thread;
        await stackful;
        Assert.Equal(Rounds, last);
        Assert.Equal(Rounds, barrier.Phase);

        void Meet()
        {
            for (int round = 0; round < Rounds; round++)
            {
                Interlocked.Add(ref last, barrier.Wait() ? 1 : 0);
            }
        }
    });
}

public sealed class GoBarrierInPoolTests() : GoBarrierTests(Place.Pool);

public sealed class GoBarrierInGoroutineTests() : GoBarrierTests(Place.Goroutine);
