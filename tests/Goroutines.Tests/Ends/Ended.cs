using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Ends;

/// <summary>What the tests of a runtime's end have in common.</summary>
internal static class Ended
{
    /// <summary>Waits until <paramref name="count"/> goroutines of the runtime are parked for <paramref name="reason"/>.</summary>
    public static Task ParkedAsync(GoRuntime runtime, string reason, int count = 1)
        => Poll.UntilAsync(() => runtime.Snapshot().Count(g => g.WaitReason == reason) == count, $"{count} goroutines to park ({reason})");

    /// <summary>Disposes of the runtime, and fails if that takes long.</summary>
    public static Task DisposeAsync(GoRuntime runtime) => runtime.DisposeAsync().AsTask().WaitAsync(Limits.Wait);

    /// <summary>Demands that what waits is told that the runtime has been stopped.</summary>
    public static async Task ToldAsync(Task waiting)
        => Assert.Contains("has been stopped", (await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(Limits.Wait))).Message, StringComparison.Ordinal);

    public static Task ToldAsync(ValueTask waiting) => ToldAsync(waiting.AsTask());
}
