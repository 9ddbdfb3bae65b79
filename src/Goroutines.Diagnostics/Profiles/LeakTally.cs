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
    private readonly WeakReference<Scheduler> _scheduler;
    private readonly Action<GoroutineInfo> _handler;
    private int _open;

    private LeakTally(Scheduler scheduler)
    {
        _scheduler = new WeakReference<Scheduler>(scheduler);
        _handler = Add;
    }

    /// <summary>Whether leaks have ever been counted.</summary>
    internal bool WasOpened { get; private set; }

    internal static LeakTally Of(Scheduler scheduler) => s_tallies.GetValue(scheduler, static scheduler => new LeakTally(scheduler));

    /// <summary>Counts a goroutine. For those that hear of leaks by themselves, too.</summary>
    internal void Add(GoroutineInfo goroutine)
    {
        lock (_lock)
        {
            WasOpened = true;
            (string Name, string CreatedAt, string Reason) key = (goroutine.Name, goroutine.CreatedAt, goroutine.WaitReason);
            if (_counts.Count >= MostGroups && !_counts.ContainsKey(key))
            {
                key = ("(others)", "", "");
            }

            _counts[key] = _counts.GetValueOrDefault(key) + 1;
        }

        GoroutinesEventSource.Log.Leak(_scheduler.TryGetTarget(out Scheduler? scheduler) ? scheduler.Name : "", goroutine.Id, goroutine.Name, goroutine.CreatedAt, goroutine.WaitReason);
    }

    /// <summary>Hears of leaks from the runtime, beside whoever does.</summary>
    internal void Open()
    {
        lock (_lock)
        {
            WasOpened = true;
            if (_open++ == 0 && _scheduler.TryGetTarget(out Scheduler? scheduler))
            {
                scheduler.CollectedHandler += _handler;
            }
        }
    }

    internal void Close()
    {
        lock (_lock)
        {
            if (--_open == 0 && _scheduler.TryGetTarget(out Scheduler? scheduler))
            {
                scheduler.CollectedHandler -= _handler;
            }
        }
    }

    internal List<(string Name, string CreatedAt, string Reason, long Count)> Counts()
    {
        lock (_lock)
        {
            return [.. _counts.Select(static pair => (pair.Key.Name, pair.Key.CreatedAt, pair.Key.Reason, pair.Value))];
        }
    }
}
