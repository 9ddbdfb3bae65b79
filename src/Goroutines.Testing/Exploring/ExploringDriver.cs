using System.Globalization;
using System.Runtime.InteropServices;
using Goroutines.Runtime;
using Goroutines.Testing.Driving;

namespace Goroutines.Testing.Exploring;

/// <summary>Directs one schedule: the strategy chooses which goroutine, timer or clock step is next.</summary>
/// <remarks>
/// <para><b>Steps.</b> The runtime has one worker. Each time it is free, it calls <see cref="Next"/>, which takes everything that has
/// become runnable out of the queues, adds the timers that are due, and lets the strategy choose. The order of the queues, the random
/// choices of selects and the order of timers therefore have no effect: what happens depends only on the body and the strategy.</para>
/// <para><b>Choices before operations.</b> A goroutine that comes to an operation which might complete at once yields first, so that others
/// may perform theirs before (<see cref="BeforeOperation"/>). An asynchronous goroutine ends its turn with the operation still to do; a
/// stackful one parks in the middle of its turn. When the goroutine is chosen again, it performs the operation. Between two such points no
/// other goroutine runs. Rejected: yielding after an operation. Then what a goroutine does after it has looked at some state would be one
/// step with its next operation, which hides every check-then-act.</para>
/// <para><b>Time.</b> The clock moves when no goroutine can continue (see <see cref="TestDriver"/>). If several timers are then due, the
/// strategy chooses. With early timers, the clock may also move while goroutines can run: it moves to the next timer, as if they were held
/// up.</para>
/// <para>Everything here is called by the worker, or by the goroutine that it runs. So only one thread at a time is here; the scheduler
/// hands over between them.</para>
/// </remarks>
internal sealed class ExploringDriver(Strategy strategy, int mostSteps, bool earlyTimers, TestLimits limits) : TestDriver(limits)
{
    private const long ClockActor = 0;

    private readonly List<G> _queued = [];
    private readonly List<G> _ready = [];
    private readonly List<TimerEntry> _due = [];
    private readonly List<long> _dueNumbers = [];
    private readonly List<long> _actors = [];
    private readonly HashSet<long> _seen = [];
    private long _lastTimer;
    private G? _current;
    private G? _granted;
    private bool _yielded;

    internal override bool Explores => true;

    internal Trace Trace { get; } = new();

    internal int Steps { get; private set; }

    /// <summary>The number of choices with more than one possibility.</summary>
    internal int Choices { get; private set; }

    internal override G? Next(P p)
    {
        try
        {
            return Choose(p);
        }
        catch (NotRepeatableException exception)
        {
            Finish(FailureKind.NotRepeatable, exception);
        }
        catch (Exception exception)
        {
            Finish(FailureKind.Exception, exception); // a defect of the driver must not end the process
        }

        return null;
    }

    internal override bool BeforeOperation(G g, string operation, object? target)
    {
        bool granted = ReferenceEquals(_granted, g);
        _granted = null;
        if (!granted)
        {
            if (g is not ThreadG stackful)
            {
                return true;
            }

            stackful.YieldNow((StackfulThread)M.Current!);
        }

        Trace.Add(Steps, g, operation, target);
        return false;
    }

    internal override void Grant(G g) => _granted = g;

    internal override void Observe(G g, string operation, object? target)
    {
        if (target is null)
        {
            // Go.Yield: the goroutine yields by itself.
            _yielded = true;
            strategy.Yielded(g.Id);
        }
        else if (g is ThreadG stackful)
        {
            stackful.YieldNow((StackfulThread)M.Current!);
        }

        Trace.Add(Steps, g, operation, target);
    }

    internal override int Pick(int count)
    {
        Choices++;
        return strategy.Pick(count);
    }

    private G? Choose(P p)
    {
        EndStep();
        while (!IsFinished)
        {
            Collect(p);
            bool preempts = ListActors(p);
            if (_actors.Count == 0)
            {
                return null;
            }

            if (Steps >= mostSteps)
            {
                Finish(FailureKind.StepLimit, new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"The schedule has not ended after {mostSteps} steps.")));
                return null;
            }

            Steps++;
            int chosen = 0;
            if (_actors.Count > 1)
            {
                Choices++;
                chosen = strategy.Choose(CollectionsMarshal.AsSpan(_actors), preempts);
            }

            if (Perform(p, _actors[chosen]) is { } g)
            {
                return g;
            }
        }

        return null;
    }

    /// <summary>Records how the last turn ended.</summary>
    private void EndStep()
    {
        _granted = null;
        if (_current is not { } g)
        {
            return;
        }

        if (g.HasEnded)
        {
            Trace.Add(Steps, g, "ends");
            _current = null;
        }
        else if (g.Status == GStatus.Waiting)
        {
            Trace.Add(Steps, g, $"waits [{g.Reason.Text()}]");
            _current = null;
        }
    }

    private void Collect(P p)
    {
        _queued.Clear();
        Scheduler.TakeQueued(p, _queued);
        foreach (G g in _queued)
        {
            if (_seen.Add(g.Id))
            {
                Trace.Add(Steps, Steps == 0 ? g : _current, Steps == 0 ? "is the body:" : "starts", g);
            }

            int at = _ready.FindIndex(other => other.Id > g.Id);
            _ready.Insert(at < 0 ? _ready.Count : at, g);
        }

        int before = _due.Count;
        p.Timers.TakeDue(Clock.Now, _due);
        for (; before < _due.Count; before++)
        {
            _dueNumbers.Add(--_lastTimer);
        }

        for (int i = _due.Count - 1; i >= 0; i--)
        {
            if (!_due[i].Target.IsArmed(_due[i].Arming))
            {
                _due.RemoveAt(i);
                _dueNumbers.RemoveAt(i);
            }
        }
    }

    /// <returns>true if the first actor is the goroutine that had the last turn and has not yielded; otherwise, false.</returns>
    private bool ListActors(P p)
    {
        _actors.Clear();
        bool goesOn = _current is not null && _ready.Contains(_current);
        if (goesOn && !_yielded)
        {
            _actors.Add(_current!.Id);
        }

        foreach (G g in _ready)
        {
            if (!goesOn || !ReferenceEquals(g, _current))
            {
                _actors.Add(g.Id);
            }
        }

        _actors.AddRange(_dueNumbers);
        if (goesOn && _yielded && _actors.Count == 0)
        {
            _actors.Add(_current!.Id); // it yields, but nothing else can act
        }

        if (earlyTimers && _actors.Count != 0 && _due.Count == 0 && !BodyEnded && p.Timers.FindNextArmed() != long.MaxValue)
        {
            _actors.Add(ClockActor);
        }

        return goesOn && !_yielded;
    }

    /// <returns>The goroutine to run; null if a timer has fired or the clock has moved.</returns>
    private G? Perform(P p, long actor)
    {
        if (actor > 0)
        {
            int at = _ready.FindIndex(g => g.Id == actor);
            G chosen = _ready[at];
            _ready.RemoveAt(at);
            _current = chosen;
            _yielded = false;
            return chosen;
        }

        if (actor == ClockActor)
        {
            Clock.SetForward(Math.Max(Clock.Now, p.Timers.FindNextArmed()));
            Trace.Add(Steps, null, $"moves early, to {Elapsed()}");
            return null;
        }

        int index = _dueNumbers.IndexOf(actor);
        TimerEntry entry = _due[index];
        _due.RemoveAt(index);
        _dueNumbers.RemoveAt(index);
        Trace.Add(Steps, null, $"fires a timer at {Elapsed()}");
        _current = null;
        entry.Target.Expire(entry.Arming);
        return null;
    }

    private string Elapsed() => new TimeSpan(Clock.Now / 100).ToString("c", CultureInfo.InvariantCulture);
}
