using System.Globalization;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Finds goroutines that wake themselves again and again instead of waiting: loops that yield until a condition is true.</summary>
/// <remarks>
/// <para>A goroutine already counts its yields, to tell one from the next. The count has 16 bits; at 40 ns per yield it wraps around after
/// 1.3 ms. So it is read twice within 200 µs, in several windows spread over the time between the two looks. A window of more than 1 ms,
/// because the reading thread was descheduled, is discarded.</para>
/// <para>A computation that yields now and then is fine. So a creation site is reported only if its goroutines yield more often than once
/// in 20 µs and make up a quarter of all turns.</para>
/// </remarks>
internal sealed class SelfWaking
{
    /// <summary>The number of windows between two looks.</summary>
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

    /// <summary>Watches for one window. It spins on the calling thread.</summary>
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
