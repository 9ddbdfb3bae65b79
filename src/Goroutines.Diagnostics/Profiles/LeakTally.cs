using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Profiles;

/// <summary>Goroutines of one runtime that were collected while they were parked, by what they were and where they were created.</summary>
/// <remarks>Safe from any thread. It is there as long as its runtime.</remarks>
internal sealed class LeakTally
{
    /// <summary>Further groups count as the last one: what leaks is a few places of a program, not thousands.</summary>
    private const int MostGroups = 4096;

    private static readonly ConditionalWeakTable<Scheduler, LeakTally> s_tallies = [];

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, string CreatedAt, string Reason), long> _counts = [];
    private int _open;

    static LeakTally() => RuntimeEvents.Collected += static (scheduler, info) => Of(scheduler).Add(scheduler, info);

    private LeakTally()
    {
    }

    /// <summary>Whether leaks have ever been counted.</summary>
    internal bool WasOpened { get; private set; }

    internal static LeakTally Of(Scheduler scheduler) => s_tallies.GetValue(scheduler, static _ => new LeakTally());

    /// <summary>Has the runtime tell of goroutines that are collected, from now on, and counts them.</summary>
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
