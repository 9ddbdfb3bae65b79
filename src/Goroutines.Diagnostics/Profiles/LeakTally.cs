using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Profiles;

/// <summary>Counts the goroutines of one runtime that were collected while parked, by body, creation site and wait reason.</summary>
/// <remarks>Thread-safe. It lives as long as its runtime.</remarks>
internal sealed class LeakTally
{
    /// <summary>Goroutines of further groups are counted together: a program leaks at a few places, not at thousands.</summary>
    private const int MostGroups = 4096;

    private static readonly ConditionalWeakTable<Scheduler, LeakTally> s_tallies = [];

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, string CreatedAt, string Reason), long> _counts = [];
    private int _open;

    static LeakTally() => RuntimeEvents.Collected += static (scheduler, info) => Of(scheduler).Add(scheduler, info);

    private LeakTally()
    {
    }

    /// <summary>Whether counting was ever started.</summary>
    internal bool WasOpened { get; private set; }

    internal static LeakTally Of(Scheduler scheduler) => s_tallies.GetValue(scheduler, static _ => new LeakTally());

    /// <summary>From now on, makes the runtime report goroutines that are collected, and counts them.</summary>
    internal void Open(Scheduler scheduler)
    {
        lock (_lock)
        {
            WasOpened = true;
            _open++;
        }

        scheduler.CountCollectedSites();
    }

    internal void Close()
    {
        lock (_lock)
        {
            _open--;
        }
    }

    private void Add(Scheduler scheduler, GoroutineInfo goroutine)
    {
        lock (_lock)
        {
            if (_open == 0)
            {
                return;
            }

            (string Name, string CreatedAt, string Reason) key = (goroutine.Name, goroutine.CreatedAt, goroutine.WaitReason);
            if (_counts.Count >= MostGroups && !_counts.ContainsKey(key))
            {
                key = ("(others)", "", "");
            }

            _counts[key] = _counts.GetValueOrDefault(key) + 1;
        }

        GoroutinesEventSource.Log.Leak(scheduler.Name, goroutine.Id, goroutine.Name, goroutine.CreatedAt, goroutine.WaitReason);
    }

    internal List<(string Name, string CreatedAt, string Reason, long Count)> Counts()
    {
        lock (_lock)
        {
            return [.. _counts.Select(static pair => (pair.Key.Name, pair.Key.CreatedAt, pair.Key.Reason, pair.Value))];
        }
    }
}
