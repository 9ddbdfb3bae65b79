using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>A search looks at the Ps that are in use, and at no others.</summary>
public sealed class ProcMaskTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(200)]
    [InlineData(ProcMask.Capacity)]
    [InlineData(ProcMask.Capacity + 70)]
    public Task From_AnyMembers_EachOnceFromTheFirstOn(int count) => Isolated.RunAsync(runtime =>
    {
        int seed = Seed.Get(nameof(From_AnyMembers_EachOnceFromTheFirstOn));
        Random random = new(seed);
        foreach (double share in (double[])[0, 0.02, 0.5, 1])
        {
            ProcSet procs = new(count);
            List<int> members = [];
            for (int i = 0; i < count; i++)
            {
                P p = procs.TryAdd(runtime.Scheduler, forTimers: true)!;
                if (random.NextDouble() < share)
                {
                    members.Add(i);
                }
                else
                {
                    procs.PutIdle(p);
                }
            }

            foreach (int first in (int[])[0, count - 1, count / 2, random.Next(count), random.Next(count)])
            {
                List<int> found = [];
                foreach (P p in procs.Searched.From(first, procs))
                {
                    found.Add(p.Id);
                }

                // Those beyond the capacity are members always, and come last.
                int[] known = [.. members.Where(static id => id < ProcMask.Capacity)];
                int[] beyond = [.. Enumerable.Range(ProcMask.Capacity, Math.Max(0, count - ProcMask.Capacity))];
                Assert.Equal([.. known.Where(id => id >= first || first >= ProcMask.Capacity), .. known.Where(id => id < first && first < ProcMask.Capacity), .. beyond], found);
            }
        }

        return Task.CompletedTask;
    });

    [Fact]
    public Task Searched_IdleP_IsAMemberWhileItHasTimers() => Isolated.RunAsync(runtime =>
    {
        ProcSet procs = new(2);
        P with = procs.TryAdd(runtime.Scheduler, forTimers: true)!;
        P without = procs.TryAdd(runtime.Scheduler, forTimers: true)!;
        with.Timers.TryAdd(new TimerEntry(5, new Never(), 1), out _);

        procs.PutIdle(with);
        procs.PutIdle(without);
        Assert.Equal([with], Members(procs));

        with.Timers.RunDue(5);
        Assert.Same(without, procs.TakeIdle());
        Assert.Same(with, procs.TakeIdle());
        Assert.Equal([with, without], Members(procs));

        procs.PutIdle(with);
        Assert.Equal([without], Members(procs));
        return Task.CompletedTask;

        static List<P> Members(in ProcSet procs)
        {
            List<P> members = [];
            foreach (P p in procs.Searched.From(0, procs))
            {
                members.Add(p);
            }

            return members;
        }
    });

    /// <summary>Two goroutines that hand something back and forth keep two or three Ps busy, so a search looks at as many, four times.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(1024)]
    public Task Search_FewOfManyPsBusy_LooksAtThoseOnly(int procs) => Isolated.RunAsync(procs, async runtime =>
    {
        Chan<int> there = new();
        Chan<int> back = new();
        runtime.Spawn(async () =>
        {
            await foreach (int value in there)
            {
                await back.SendAsync(value);
            }
        });
        await runtime.Run(async () =>
        {
            // A search follows each sleep and each wake-up of a worker.
            for (int i = 0; i < 2000 || runtime.Scheduler.Searches < 200; i++)
            {
                await there.SendAsync(i);
                await back.ReceiveAsync();
                if (i % 20 == 0)
                {
                    await Go.SleepAsync(TimeSpan.FromTicks(1));
                }
            }
        });
        there.Close();

        Scheduler scheduler = runtime.Scheduler;
        TestContext.Current.TestOutputHelper?.WriteLine($"{(double)scheduler.Looks / scheduler.Searches:F1} looks a search, {scheduler.Searches} searches");
        Assert.True(scheduler.Looks <= 64 * scheduler.Searches, $"{scheduler.Looks} looks in {scheduler.Searches} searches with {procs} Ps.");
    });

    private sealed class Never : ITimed
    {
        public bool IsArmed(int arming) => false;

        public void Expire(int arming)
        {
        }
    }
}
