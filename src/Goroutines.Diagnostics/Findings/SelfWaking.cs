using System.Globalization;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Goroutines that wake themselves again and again instead of waiting: a loop that yields until something has become true.</summary>
/// <remarks>
/// <para>A goroutine counts its yields anyway, to tell one from the next. The count has sixteen bits, and at 40 ns a yield it comes round after a millisecond. So
/// it is read twice within a fifth of a millisecond, in some windows spread over the time between the two looks; a window that lasted for longer, because the
/// reading thread lost its processor, is left out.</para>
/// <para>A computation that gives way now and then is as it should be. So a place is told of only where it yields more often than once in 20 µs,
/// and makes a quarter of all turns.</para>
/// </remarks>
internal sealed class SelfWaking
{
    /// <summary>How many windows there are between two looks.</summary>
    internal const int Windows = 5;

    private const int LeastWindows = 3;
    private const int MostWatched = 10_000;
    private const long WindowLasts = 200_000;
    private const long LongestWindow = 1_000_000;
    private const long LeastPerSecond = 50_000;

    private readonly Scheduler _scheduler;
    private readonly Watched[] _watched;
    private long _turns;
    private long _time;

    private SelfWaking(Look look)
    {
        _scheduler = look.Scheduler;
        _watched = [.. look.Goroutines.Where(IsReady).Take(MostWatched).Select(static g => new Watched { Goroutine = g })];
    }

    internal static SelfWaking Of(Look look) => new(look);

    /// <summary>Watches for a moment, on the calling thread.</summary>
    internal void Watch()
    {
        if (_watched.Length == 0)
        {
            return;
        }

        long turns = _scheduler.Turns;
        long begun = Clock.SystemNanoseconds();
        foreach (ref Watched each in _watched.AsSpan())
        {
            each.Before = each.Goroutine.YieldCount;
        }

        while (Clock.SystemNanoseconds() - begun < WindowLasts)
        {
            Thread.SpinWait(20);
        }

        foreach (ref Watched each in _watched.AsSpan())
        {
            each.After = each.Goroutine.YieldCount;
        }

        long lasted = Clock.SystemNanoseconds() - begun;
        if (lasted > LongestWindow)
        {
            return;
        }

        _time += lasted;
        _turns += _scheduler.Turns - turns;
        foreach (ref Watched each in _watched.AsSpan())
        {
            int yields = (ushort)(each.After - each.Before) / 2;
            if (yields != 0 && IsReady(each.Goroutine))
            {
                each.Yields += yields;
                each.Windows++;
            }
        }
    }

    internal void AddMeasured(List<Finding> findings)
    {
        foreach (IGrouping<ushort, Watched> place in _watched.Where(static each => each.Windows >= LeastWindows).GroupBy(static each => each.Goroutine.TraceSite))
        {
            long yields = place.Sum(static each => each.Yields);
            double perSecond = yields * 1e9 / _time;
            if (perSecond < LeastPerSecond || yields < _turns / 4)
            {
                continue;
            }

            G[] goroutines = [.. place.OrderByDescending(static each => each.Yields).Select(static each => each.Goroutine)];
            string site = Sites.Of(goroutines[0], fullPaths: false);
            double share = Math.Min(1, yields / (double)Math.Max(1, _turns));
            findings.Add(new Finding(
                "self-waking",
                FindingCertainty.Measured,
                string.Create(CultureInfo.InvariantCulture, $"{Words.Many(goroutines.Length)} from {site} {(goroutines.Length == 1 ? "wakes itself" : "wake themselves")} {perSecond:N0} times a second"),
                string.Create(CultureInfo.InvariantCulture, $"That is {share * 100:0} % of all turns. Each ends with a yield and not with a wait. The first is {Words.Goroutine(goroutines[0])}."),
                "It asks again and again whether it may go on. Let it wait for a channel, a GoCond or a timer.")
            {
                Site = site,
                Count = goroutines.Length,
                Goroutines = Words.Ids(goroutines),
            });
        }
    }

    private static bool IsReady(G g) => g.Status is GStatus.Runnable or GStatus.Running;

    private struct Watched
    {
        internal G Goroutine;
        internal ushort Before;
        internal ushort After;
        internal int Windows;
        internal long Yields;
    }
}
