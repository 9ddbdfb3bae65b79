using Goroutines.Testing;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>Tasks that are made of other tasks: what the others have done comes before what follows an await.</summary>
public sealed class TaskTests
{
    [Fact]
    public void WhenAll_OfTheTaskThatIsAlwaysCompleted_IsSilent() => GoTest.Run(static async () =>
    {
        await Task.WhenAll(Task.CompletedTask, Task.CompletedTask);
        await Task.WhenAll(Task.CompletedTask);
    });

    [Fact]
    public void WaitAsync_OfTask_OrdersIt() => Silent(static async work => await work.WaitAsync(TimeSpan.FromMinutes(1)));

    [Fact]
    public void WaitAsync_OfAll_OrdersThem() => Silent(static async work => await Task.WhenAll(work, Task.CompletedTask).WaitAsync(CancellationToken.None));

    [Fact]
    public void WaitAsync_OfFailedTask_Throws()
        => GoTest.Run(static async () => await Assert.ThrowsAsync<FormatException>(static () => Task.FromException(new FormatException()).WaitAsync(TimeSpan.FromMinutes(1))));

    [Fact]
    public void WhenAny_OfTask_OrdersIt() => Silent(static async work => await Task.WhenAny(work, new TaskCompletionSource().Task));

    [Fact]
    public void AsTask_OfJoin_OrdersTheGoroutine() => GoTest.Run(static async () =>
    {
        int value = 0;
        Task joined = Go.Run(async () =>
        {
            await Go.Yield();
            value = 1;
        }).JoinAsync().AsTask();
        await Task.WhenAll(joined);
        Assert.Equal(1, value++);
    });

    [Fact]
    public void AsTask_OfReceive_OrdersTheSend() => GoTest.Run(static async () =>
    {
        int value = 0;
        Chan<int> channel = new();
        Task<int> received = channel.TakeAsync().AsTask();
        Go.Spawn(async () =>
        {
            value = 1;
            await channel.SendAsync(2);
        });
        Assert.Equal(2, await received);
        Assert.Equal(1, value++);
    });

    [Fact]
    public void AsTask_NotAwaited_ReportsRace() => RaceFinder.Find(static () => GoTest.Run(static async () =>
    {
        int value = 0;
        Task joined = Go.Run(async () =>
        {
            await Go.Yield();
            value = 1;
        }).JoinAsync().AsTask();
        value++;
        await joined;
    }), "TaskTests.cs:");

    /// <summary>A task counts up, and the caller after it.</summary>
    private static void Silent(Func<Task, Task> wait) => GoTest.Run(async () =>
    {
        int value = 0;
        using SemaphoreSlim begin = new(0);
        Task work = Task.Run(async () =>
        {
            await begin.WaitAsync();
            value++;
        });
        Task waiting = wait(work);
        begin.Release();
        await waiting;
        Assert.Equal(1, value++);
    });
}
