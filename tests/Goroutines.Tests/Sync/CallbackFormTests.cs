using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>Where Go takes a function, every kind of function is taken: synchronous ones too.</summary>
public class CallbackFormTests
{
    [Fact]
    public Task OnceDoAsync_EachKindOfAction_RunsIt() => Isolated.GoAsync(static async () =>
    {
        List<string> ran = [];
        await new Once().DoAsync(() => ran.Add("action"));
        await new Once().DoAsync(() => { });
        await new Once().DoAsync(async () =>
        {
            await Go.Yield();
            ran.Add("async");
        });
        await new Once().DoAsync(() => Tasks());
        await new Once().DoAsync(Tasks, CancellationToken.None);
        var once = new Once();
        await once.DoAsync(() => ran.Add("once"));
        await once.DoAsync(() => ran.Add("twice"));
        Assert.Equal(["action", "async", "task", "task", "once"], ran);
        await Assert.ThrowsAsync<InvalidDataException>(static async () => await new Once().DoAsync(static void () => throw new InvalidDataException()));
        Assert.Throws<ArgumentNullException>("action", static () => { _ = new Once().DoAsync((Action)null!); });
        Assert.Throws<ArgumentNullException>("action", static () => { _ = new Once().DoAsync((Func<Task>)null!); });

        async Task Tasks()
        {
            await Go.Yield();
            ran.Add("task");
        }
    });

    [Fact]
    public Task OnceValue_EachKindOfFunction_GivesItsValue() => Isolated.GoAsync(static async () =>
    {
        Assert.Equal(1, await new OnceValue<int>(static () => 1).GetAsync());
        Assert.Equal(2, await new OnceValue<int>(static () => Task.FromResult(2)).GetAsync());
        Assert.Equal(3, await new OnceValue<int>(static async () =>
        {
            await Go.Yield();
            return 3;
        }).GetAsync());
    });

    [Fact]
    public Task CondWaitAsync_Condition_WaitsUntilItHolds() => Isolated.GoAsync(static async () =>
    {
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        int count = 0;
        Goroutine waiter = Go.Run(async () =>
        {
            using (await mutex.LockAsync())
            {
                await cond.WaitAsync(() => count >= 3);
                Assert.True(count >= 3);
            }
        });
        Goroutine synchronous = Go.Run(() =>
        {
            using (mutex.Lock())
            {
                cond.Wait(() => count >= 3);
                Assert.True(count >= 3);
            }
        });
        for (int i = 0; i < 3; i++)
        {
            using (await mutex.LockAsync())
            {
                count++;
                cond.Broadcast();
            }

            await Go.Yield();
        }

        await waiter;
        await synchronous;
    });

    [Fact]
    public Task CondWait_ConditionWithoutTheMutex_Throws() => Isolated.GoAsync(static async () =>
    {
        var cond = new GoCond(new GoMutex());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await cond.WaitAsync(static () => true));
        Assert.Throws<InvalidOperationException>(() => cond.Wait(static () => true));
        Assert.Throws<ArgumentNullException>("condition", () => { _ = cond.WaitAsync((Func<bool>)null!); });
        Assert.Throws<ArgumentNullException>("condition", () => cond.Wait(null!));
    });
}
