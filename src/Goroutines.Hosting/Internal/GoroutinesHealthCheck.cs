using System.Globalization;
using Goroutines.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Goroutines.Hosting.Internal;

/// <summary>Starts a goroutine, and looks for a proved deadlock and for too many goroutines that have waited for others for long.</summary>
internal sealed class GoroutinesHealthCheck(GoRuntime runtime, GoroutinesHealthOptions options) : IHealthCheck
{
    /// <summary>The reasons of waits that only another goroutine can end.</summary>
    private static readonly HashSet<string> s_waitsForOthers =
    [
        "chan send", "sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock", "sync.WaitGroup.Wait", "sync.Once.Do", "semacquire",
        "errgroup.Group.Go", "singleflight.Group.Do", "chan send (nil chan)", "chan receive (nil chan)", "select (no cases)",
    ];

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<GoroutineInfo> all = runtime.Snapshot();
        List<GoroutineInfo> stalled = [.. all.Where(IsStalled)];
        Dictionary<string, object> data = new()
        {
            ["goroutines"] = all.Count,
            ["stalled"] = stalled.Count,
        };

        try
        {
#pragma warning disable RS0030 // the limit is in real time, on real threads
            await runtime.Run(static () => default(ValueTask)).AsTask().WaitAsync(options.LongestStart, TimeProvider.System, cancellationToken).ConfigureAwait(false);
#pragma warning restore RS0030
        }
        catch (TimeoutException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"A new goroutine had no turn within {options.LongestStart}.", data: data);
        }
        catch (ObjectDisposedException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"The runtime \"{runtime.Name}\" has been stopped.", data: data);
        }

        List<Finding> deadlocks = [.. (await GoFindings.FindAsync(runtime, cancellationToken: cancellationToken).ConfigureAwait(false))
            .Where(static finding => finding is { Kind: "deadlock", Certainty: FindingCertainty.Proved })];
        data["deadlocked"] = deadlocks.SelectMany(static deadlock => deadlock.Goroutines).Distinct().Order().ToArray();
        if (deadlocks.Count != 0)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, string.Join(" ", deadlocks.Select(Describe)), data: data);
        }

        if (stalled.Count > options.FewStalled && stalled.Count > options.MostStalled * all.Count)
        {
            GoroutineInfo oldest = stalled.MaxBy(static goroutine => goroutine.WaitingFor)!;
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"{stalled.Count} of {all.Count} goroutines have waited for others for longer than {options.StalledAfter}; goroutine {oldest.Id}, created at {oldest.CreatedAt}, for {oldest.WaitingFor} ({oldest.WaitReason}).");
            return new HealthCheckResult(context.Registration.FailureStatus, text, data: data);
        }

        return HealthCheckResult.Healthy(string.Create(CultureInfo.InvariantCulture, $"{all.Count} goroutines."), data);
    }

    private static string Describe(Finding deadlock)
        => $"Deadlock: {deadlock.Title} (goroutines {string.Join(", ", deadlock.Goroutines.Select(static id => id.ToString(CultureInfo.InvariantCulture)))}).";

    private bool IsStalled(GoroutineInfo goroutine)
        => goroutine.WaitingFor >= options.StalledAfter && goroutine.Status == GoroutineStatus.Waiting && s_waitsForOthers.Contains(goroutine.WaitReason);
}
