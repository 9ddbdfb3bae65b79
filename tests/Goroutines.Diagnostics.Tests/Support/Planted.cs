using Goroutines.Tests.Support;

#pragma warning disable GOR309 // planted: the goroutines wait for each other

namespace Goroutines.Diagnostics.Tests;

/// <summary>What planted programs are made of.</summary>
internal static class Planted
{
    /// <summary>Findings without patience: what waits at all has waited for long enough.</summary>
    public static FindingOptions AtOnce { get; } = new() { SuspectAfter = TimeSpan.Zero, BetweenLooks = TimeSpan.FromMilliseconds(5) };

    /// <summary>Waits until so many goroutines of a runtime are parked for a reason.</summary>
    public static Task ParkedAsync(GoRuntime runtime, string reason, int count)
        => Poll.UntilAsync(() => runtime.Snapshot().Count(info => info.Status == GoroutineStatus.Waiting && info.WaitReason == reason) == count, $"{count} goroutines in {reason}");

    public static async Task<Finding[]> FindAsync(GoRuntime runtime, string kind)
        => [.. (await GoFindings.FindAsync(runtime, AtOnce)).Where(finding => finding.Kind == kind)];

    /// <summary>Starts goroutines that take a lock each, one after the other, and then the next one's: with <paramref name="inOrder"/> without a circle.</summary>
    public static async Task CircleAsync(GoRuntime runtime, GoMutex[] locks, bool inOrder)
    {
        var held = new WaitGroup();
        var release = new Chan<int>();
        held.Add(inOrder ? 0 : locks.Length);
        for (int i = 0; i < locks.Length; i++)
        {
            GoMutex first = locks[i];
            GoMutex second = locks[(i + 1) % locks.Length];
            if (inOrder && i == locks.Length - 1)
            {
                (first, second) = (second, first);
            }

            runtime.Spawn(async () =>
            {
                using (await first.LockAsync())
                {
                    if (!inOrder)
                    {
                        held.Done();
                        await release.ReceiveAsync();
                    }

                    using (await second.LockAsync())
                    {
                    }
                }
            });
        }

        await held.WaitAsync();
        release.Close();
    }
}

/// <summary>The tracking of holders is the process's: tests that turn it on run one after the other.</summary>
[Xunit.CollectionDefinition(nameof(Tracking), DisableParallelization = true)]
public sealed class Tracking;
