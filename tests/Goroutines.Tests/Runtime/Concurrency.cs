using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>Counts how many goroutines run at the same time.</summary>
internal static class Concurrency
{
    private const int Sections = 100;
    private const int Attempts = 10;

    /// <summary>
    /// Runs goroutines through short sections that hold their thread without giving way, with <paramref name="between"/>
    /// before each. The operating system may take a worker's core away for so long that the scheduler holds its goroutine
    /// for stuck and lets another run beside it. On a busy machine many sections see that one, so there are several attempts
    /// and one with few is enough; a scheduler without the limit would show it in most sections of all of them.
    /// </summary>
    /// <param name="limit">How many may run.</param>
    /// <param name="goroutines">How many there are.</param>
    /// <param name="between">What each does before a section.</param>
    /// <param name="synchronous">How many of them have synchronous bodies.</param>
    public static async ValueTask AssertAtMost(int limit, int goroutines, Action between, int synchronous = 0)
    {
        int all = Sections * goroutines;
        int least = all;
        for (int attempt = 0; attempt < Attempts && least > all / 20; attempt++)
        {
            least = Math.Min(least, await CountTooMany(limit, goroutines, between, synchronous));
        }

        Assert.True(least <= all / 20, $"at least {least} of {all} sections saw more than {limit} goroutines running");
    }

    private static async ValueTask<int> CountTooMany(int limit, int goroutines, Action between, int synchronous)
    {
        int running = 0;
        int tooMany = 0;
        var handles = new List<Goroutine>();
        for (int g = 0; g < goroutines; g++)
        {
            handles.Add(g < synchronous ? Go.Run(Synchronous) : Go.Run(Asynchronous));
        }

        foreach (var handle in handles)
        {
            await handle;
        }

        return tooMany;

        async ValueTask Asynchronous()
        {
            for (int i = 0; i < Sections; i++)
            {
                Section(i);
                await Go.Yield();
            }
        }

        void Synchronous()
        {
            for (int i = 0; i < Sections; i++)
            {
                Section(i);
                Go.Wait(Go.Yield());
            }
        }

        void Section(int number)
        {
            between();
            if (Interlocked.Increment(ref running) > limit)
            {
                Interlocked.Increment(ref tooMany);
            }

            Thread.SpinWait(100);

            if (number % 4 == 0)
            {
                Thread.Yield(); // gives the core away but not the P: makes an overlap visible also when cores are few
            }

            Interlocked.Decrement(ref running);
        }
    }
}
