using System.Diagnostics;
using Xunit;

namespace Goroutines.Tests.Support;

/// <summary>Waits, within a bound, for what has no event of its own.</summary>
internal static class Poll
{
    /// <summary>Looks again and again until <paramref name="condition"/> holds; fails, with <paramref name="what"/> it waited for, after a time.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        long begun = Stopwatch.GetTimestamp();
        for (int looks = 0; !condition(); looks++)
        {
            if (Stopwatch.GetElapsedTime(begun) > Limits.Wait)
            {
                Assert.Fail($"Waited {Limits.Wait.TotalSeconds:0} s in vain for {what}.");
            }

            if (looks < 20)
            {
                await Task.Yield();
            }
            else
            {
                await Task.Delay(1);
            }
        }
    }
}
