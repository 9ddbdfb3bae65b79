using Goroutines.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Goroutines.Tests.Time;

/// <summary>Runs test bodies as a goroutine of a runtime whose clock stands still until the test turns it.</summary>
internal static class VirtualTime
{
    public static Task RunAsync(Func<FakeTimeProvider, Task> body)
    {
        var clock = new FakeTimeProvider();
        return Isolated.GoAsync(() => body(clock), new GoRuntimeOptions { TimeProvider = clock });
    }

    /// <summary>Waits until a goroutine of the current runtime is parked for <paramref name="reason"/>.</summary>
    public static Task ParkedAsync(long id, string reason)
    {
        GoRuntime runtime = GoRuntime.Current;
        return Poll.UntilAsync(
            () => runtime.Snapshot().Any(goroutine => goroutine.Id == id && goroutine.WaitReason == reason),
            $"goroutine {id} to park ({reason})");
    }
}
