using System.Globalization;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Builds the phrases that findings consist of.</summary>
internal static class Words
{
    private const int MostIds = 100;

    internal static string Age(long nanoseconds) => nanoseconds switch
    {
        < 1_000_000 => "less than 1 ms",
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000} ms"),
        < 120_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000_000} s"),
        < 7_200_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 60_000_000_000} minutes"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 3_600_000_000_000} hours"),
    };

    internal static string Goroutine(G g)
        => string.Create(CultureInfo.InvariantCulture, $"goroutine {g.Id} ({Traceback.NameOf(g)}, created at {Sites.Of(g, fullPaths: false)})");

    /// <summary>Describes an object that goroutines wait for. Names are left out, since they may reveal more than a finding
    /// should.</summary>
    internal static string Object(object target, Look look)
        => Inspection.TryDescribe(target, look.Scheduler, out WaitObjectInfo? info)
            ? string.Create(CultureInfo.InvariantCulture, $"{(info.Kind == "channel" ? info.Type : info.Kind)} {info.Id}")
            : "something unknown";

    /// <summary>Returns the innermost <see langword="async"/> method that a goroutine is in; its body's name if that is unknown.</summary>
    internal static string Place(G g) => AsyncStack.Frames(g) is [string innermost, ..] ? innermost : Traceback.NameOf(g);

    internal static long[] Ids(IEnumerable<G> goroutines) => [.. goroutines.Take(MostIds).Select(static g => g.Id)];

    /// <summary>Returns a number of goroutines followed by a verb in the singular or plural.</summary>
    internal static string Many(long count, string one, string many) => $"{Many(count)} {(count == 1 ? one : many)}";

    internal static string Many(long count) => count == 1 ? "1 goroutine" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} goroutines");
}
