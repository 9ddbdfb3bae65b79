using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What rangefunc_test.go of Go's race detector has: an iterator that calls its loop's body from two goroutines. Go skips both.</summary>
[GoFile("rangefunc_test.go")]
internal static class RangeFuncCases
{
    internal static Task RaceRangeFuncIterator() => Iterate(4);

    internal static Task NoRaceRangeFuncIterator() => Iterate(5);

    /// <summary>The body ends the loop early at each fifth element from <paramref name="last"/>, and remembers that in a variable that nothing guards.</summary>
    private static async Task Iterate(int last)
    {
        int[] items = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        long sum = 0;
        bool ended = false;
        await Halves(items, (i, x) =>
        {
            Use(ended); // Go's loops check in each turn that they have not ended
            if (i % 5 == last)
            {
                ended = true;
                return false;
            }

            Interlocked.Add(ref sum, x);
            return true;
        });
        Use(Interlocked.Read(ref sum));
        Use(ended);
    }

    private static async Task Halves(int[] items, Func<int, int, bool> body)
    {
        bool done = false;
        WaitGroup wg = new();
        for (int half = 0; half < 2; half++)
        {
            int first = half * items.Length / 2;
            wg.Spawn(async () =>
            {
                for (int i = first; i < first + (items.Length / 2); i++)
                {
                    if (!Volatile.Read(ref done) && !body(i, items[i]))
                    {
                        Volatile.Write(ref done, true);
                    }

                    await Go.Yield();
                }
            });
        }

        await wg.WaitAsync();
    }
}
