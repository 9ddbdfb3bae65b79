using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Spawning;

/// <summary>Handles as tasks.</summary>
public class HandleTaskTests
{
    [Fact]
    public Task AsTask_SeveralHandles_CompleteWhenAll() => Isolated.GoAsync(async () =>
    {
        int[] results = await Task.WhenAll(Go.Run(static () => new ValueTask<int>(1)).AsTask(), Go.Run(static () => Task.FromResult(2)).AsTask(), Go.Run(static () => 3).AsTask());
        Assert.Equal([1, 2, 3], results);
        await Task.WhenAll(Go.Run(static async () => await Go.Yield()).AsTask(), Go.Run(static () => { }).AsTask());
    });

    [Fact]
    public Task AsTask_FirstOfTwo_IsTheTaskThatWasGiven() => Isolated.GoAsync(async () =>
    {
        var gate = new Chan<int>();
        Goroutine<int> slow = Go.Run(async () => await gate.TakeAsync());
        Goroutine<int> fast = Go.Run(static () => new ValueTask<int>(2));
        Task<int> first = await Task.WhenAny(slow.AsTask(), fast.AsTask());
        Assert.Same(fast.AsTask(), first);
        Assert.False(slow.IsCompleted);
        await gate.SendAsync(1);
        Assert.Equal(1, await slow.AsTask().WaitAsync(Limits.Wait));
        Assert.True(slow.IsCompleted && fast.IsCompleted);
    });

    [Fact]
    public async Task AsTask_BodyThrows_IsFaultedWithThat()
    {
        Goroutine failed = Go.Run(static async () =>
        {
            await Go.Yield();
            throw new InvalidDataException("broken");
        });
        Task task = failed.AsTask();
        InvalidDataException thrown = await Assert.ThrowsAsync<InvalidDataException>(() => task.WaitAsync(Limits.Wait));
        Assert.Equal("broken", thrown.Message);
        Assert.True(task.IsFaulted && failed.IsCompleted);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await failed);
    }

    [Fact]
    public Task IsCompleted_RunningAndEnded_TellsThem() => Isolated.GoAsync(async () =>
    {
        var gate = new Chan<int>();
        Goroutine<Received<int>> waiting = Go.Run(async () => await gate.ReceiveAsync());
        Assert.False(waiting.IsCompleted);
        gate.Close();
        await waiting;
        Assert.True(waiting.IsCompleted);
    });
}
