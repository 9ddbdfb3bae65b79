using Xunit;

namespace Goroutines.Tests.Scheduler;

/// <summary>Counts how many goroutines run at the same time.</summary>
internal static class Concurrency
{
    /// <summary>
    /// Runs goroutines through short sections that hold their thread without giving way, with <paramref name="between"/>
    /// before each. The operating system may take a worker's core away for so long that the scheduler holds its goroutine
    /// for stuck and lets another run beside it, so a few sections in a hundred may see one too many; a scheduler without
    /// the limit would show it in most of them.
    /// </summary>
    public static async ValueTask AssertAtMost(int limit, int goroutines, Action between)
    {
        const int Sections = 500;
        int running = 0;
        int tooMany = 0;
        var handles = new List<Goroutine>();
        for (int g = 0; g < goroutines; g++)
        {
            handles.Add(Go.Run(async () =>
            {
                for (int i = 0; i < Sections; i++)
                {
                    between();
                    if (Interlocked.Increment(ref running) > limit)
                    {
                        Interlocked.Increment(ref tooMany);
                    }

                    Thread.SpinWait(100);

                    // Gives the core away but not the P: makes an overlap visible also when cores are few.
                    Thread.Yield();
                    Interlocked.Decrement(ref running);
                    await Go.Yield();
                }
            }));
        }

        foreach (var handle in handles)
        {
            await handle;
        }

        int all = Sections * goroutines;
        Assert.True(tooMany <= all / 20, $"{tooMany} of {all} sections saw more than {limit} goroutines running");
    }
}
