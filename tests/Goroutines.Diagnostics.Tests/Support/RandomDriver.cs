using Goroutines.Runtime;
using Goroutines.Tests.Support;

namespace Goroutines.Diagnostics.Tests;

/// <summary>Runs the goroutines of a runtime one at a time, in an order that a seed gives, with a choice before each operation and time that moves by itself. Unlike the
/// explorer's driver it keeps no goroutine alive and remembers nothing of what it did: what is left at the end is as reachable as in production.</summary>
internal sealed class RandomDriver(int seed, bool earlyTimers) : ScheduleDriver
{
    private const int MostSteps = 20_000;

    private readonly Random _random = new(seed);
    private readonly HandClock _clock = new();
    private readonly List<G> _ready = [];
    private readonly List<TimerEntry> _due = [];
    private readonly TaskCompletionSource _atRest = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Scheduler? _scheduler;
    private WeakReference<G>? _granted;
    private int _steps;

    /// <summary>Ends when no goroutine can go on and no timer is armed.</summary>
    public Task AtRest => _atRest.Task;

    public TimeProvider Clock => _clock;

    internal override bool Explores => true;

    internal override bool KeepsGoroutines => false;

    internal override void Attach(Scheduler scheduler) => _scheduler = scheduler;

    internal override bool OnAllIdle()
    {
        if (_scheduler!.FindNextTimer() == long.MaxValue)
        {
            _atRest.TrySetResult();
        }

        return false;
    }

    internal override void TurnBegins(G g)
    {
    }

    internal override void TimerAddedOutside() => _scheduler!.WakeForDriver();

    internal override void FailureKept(G g, Exception failure, Func<bool> wasSeen)
    {
    }

    internal override void SideWait(G g, int change)
    {
    }

    internal override bool BeforeOperation(G g, string operation, object? target)
    {
        bool granted = _granted is { } weak && weak.TryGetTarget(out G? to) && ReferenceEquals(to, g);
        _granted = null;
        return !granted && g is not ThreadG;
    }

    internal override void Grant(G g) => _granted = new WeakReference<G>(g);

    internal override void Observe(G g, string operation, object? target)
    {
    }

    internal override int Pick(int count) => _random.Next(count);

    internal override G? Next(P p)
    {
        _granted = null;
        while (_steps++ < MostSteps)
        {
            _scheduler!.TakeQueued(p, _ready);
            p.Timers.TakeDue(_scheduler.Clock.Now, _due);
            _due.RemoveAll(static entry => !entry.Target.IsArmed(entry.Arming));
            long next = p.Timers.FindNextArmed();
            bool mayMove = next != long.MaxValue && (earlyTimers || _ready.Count + _due.Count == 0);
            int count = _ready.Count + _due.Count + (mayMove ? 1 : 0);
            if (count == 0)
            {
                return null;
            }

            int chosen = _random.Next(count);
            if (chosen < _ready.Count)
            {
                G g = _ready[chosen];
                _ready.RemoveAt(chosen);
                if (_ready.Count == 0)
                {
                    _ready.TrimExcess(); // what it held before is nobody's
                }

                return g;
            }

            if (chosen < _ready.Count + _due.Count)
            {
                TimerEntry entry = _due[chosen - _ready.Count];
                _due.RemoveAt(chosen - _ready.Count);
                entry.Target.Expire(entry.Arming);
                continue;
            }

            _clock.Advance(TimeSpan.FromTicks((Math.Max(0, next - _scheduler.Clock.Now) / 100) + 1));
        }

        _atRest.TrySetException(new TimeoutException($"The schedule of seed {seed} did not come to rest in {MostSteps} steps."));
        return null;
    }
}
