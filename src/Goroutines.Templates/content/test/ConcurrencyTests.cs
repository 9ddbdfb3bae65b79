using Goroutines;
using Goroutines.Testing;
using Xunit;

namespace GoroutinesProject;

public sealed class ConcurrencyTests
{
    // In virtual time: the hour passes at once, and a deadlock or a goroutine left behind fails the test.
    [Fact]
    public void Wait_NothingComes_EndsAtTheDeadline() => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Go.Now;
        var never = new Chan<int>();
        using CancelContext context = GoContext.Background.WithTimeout(TimeSpan.FromHours(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await never.ReceiveAsync(context));

        Assert.Equal(TimeSpan.FromHours(1), Go.Now - begun);
    });

    // Under many schedules. When one fails, the exception has a seed, and GoTest.Replay(seed, …) repeats it.
    [Fact]
    public void Deposits_AtTheSameTime_AreAllCounted() => GoTest.Explore(async () =>
    {
        var mutex = new GoMutex();
        int balance = 0;
        var group = new WaitGroup();
        for (int i = 0; i < 3; i++)
        {
            group.Spawn(async () =>
            {
                using (await mutex.LockAsync())
                {
                    int before = balance;
                    await Go.Yield();
                    balance = before + 1;
                }
            });
        }

        await group.WaitAsync();
        Assert.Equal(3, balance);
    });

    // In the ordinary runtime: what the test starts has to have ended when it does.
    [Fact]
    public async Task Producer_Consumed_LeavesNothingBehind()
    {
        await using LeakCheck leaks = GoTest.NoLeaks();
        CancellationToken stop = TestContext.Current.CancellationToken;
        var numbers = new Chan<int>();
        Go.Spawn(async () =>
        {
            await numbers.SendAsync(1, stop);
            numbers.Close();
        });

        Assert.Equal(1, await numbers.TakeAsync(stop));
    }
}
