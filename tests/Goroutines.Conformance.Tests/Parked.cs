using Goroutines.Tests.Support;

namespace Goroutines.Conformance.Tests;

/// <summary>Waits until goroutines are parked, where Go's tests sleep for a while and hope so.</summary>
internal static class Parked
{
    /// <summary>Called in a goroutine: waits until another of the same runtime waits for <paramref name="reason"/> (Go's words, as in a dump).</summary>
    public static Task UntilAsync(long id, string reason)
    {
        GoRuntime runtime = GoRuntime.Current;
        return Poll.UntilAsync(
            () => runtime.Snapshot().Any(info => info.Id == id && info.Status == GoroutineStatus.Waiting && info.WaitReason == reason),
            $"goroutine {id} to be parked: {reason}");
    }
}
