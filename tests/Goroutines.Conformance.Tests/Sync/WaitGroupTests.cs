using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Sync;

/// <summary>Go's sync/waitgroup_test.go.</summary>
public class WaitGroupTests
{
    [Theory(DisplayName = "go: sync/waitgroup_test.go TestWaitGroup")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Wait_TwoGroupsUsedAgainAndAgain_AreABarrier(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        const int Goroutines = 16;
        var arrived = new WaitGroup();
        var released = new WaitGroup();
        for (int round = 0; round < 8; round++)
        {
            arrived.Add(Goroutines);
            released.Add(Goroutines);
            var exited = new Chan<int>(Goroutines);
            Goroutine[] all = OnStacks.Start(Goroutines, number =>
            {
                arrived.Done();
                released.Wait();
                exited.Send(number);
            });
            arrived.Wait();
            for (int i = 0; i < Goroutines; i++)
            {
                Assert.False(exited.TryReceive(out _), "The group let one go too soon.");
                released.Done();
            }

            for (int i = 0; i < Goroutines; i++)
            {
                exited.Receive();
            }

            OnStacks.Join(all);
        }
    });

    [Fact(DisplayName = "go: sync/waitgroup_test.go TestWaitGroupMisuse")]
    public void Done_MoreThanAdded_Throws()
    {
        var group = new WaitGroup();
        group.Add(1);
        group.Done();
        Assert.Equal("negative WaitGroup counter", Assert.Throws<InvalidOperationException>(group.Done).Message);
    }

    [Theory(DisplayName = "go: sync/waitgroup_test.go TestWaitGroupRace")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Wait_TwoThatEndAtOnce_WaitsForBoth(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        for (int round = 0; round < 300; round++)
        {
            var group = new WaitGroup();
            int ended = 0;
            for (int i = 0; i < 2; i++)
            {
                group.Add(1);
                Go.Spawn(() =>
                {
                    Interlocked.Increment(ref ended);
                    group.Done();
                });
            }

            group.Wait();
            Assert.Equal(2, Volatile.Read(ref ended));
        }
    });

    [Fact(DisplayName = "go: sync/waitgroup_test.go TestWaitGroupGo")]
    public Task Spawn_IsCountedUntilItsBodyEnds() => OnStacks.RunAsync(1, () =>
    {
        var group = new WaitGroup();
        int runs = 0;
        group.Spawn(() =>
        {
            runs++;
        });
        group.Wait();
        Assert.Equal(1, runs);
    });

    /// <summary>In Go the panic ends the process before the wait can return; here it is the handler that may end it.</summary>
    [Theory(DisplayName = "go: sync/waitgroup_test.go TestIssue76126")]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Spawn_BodyThrows_IsReportedBeforeTheWaitReturns(int maxProcs)
    {
        List<string> order = [];
        await Isolated.RunAsync(
            runtime => runtime.Run(() =>
            {
                var group = new WaitGroup();
                group.Spawn(new Action(static () => throw new InvalidOperationException("test")));
                group.Wait();
                order.Add("waited");
            }).JoinAsync().AsTask(),
            new GoRuntimeOptions { MaxProcs = maxProcs, PanicHandler = panic => order.Add(panic.Exception.Message) });
        Assert.Equal(["test", "waited"], order);
    }
}
