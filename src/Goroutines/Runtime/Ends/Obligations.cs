namespace Goroutines.Runtime;

/// <summary>What goroutines of one scheduler have begun to do for others (<see cref="Obligation"/>).</summary>
/// <remarks>A doubly linked list, owned by its own lock: operations use it from any thread.</remarks>
internal sealed class Obligations
{
    private readonly Scheduler _scheduler;
    private SpinMutex _lock;
    private Obligation? _first;

    internal Obligations(Scheduler scheduler) => _scheduler = scheduler;

    /// <summary>Adds an obligation of a goroutine of this runtime. It is broken if the goroutine is abandoned.</summary>
    internal void Add(Obligation obligation)
    {
        _lock.Enter();
        obligation.Next = _first;
        if (_first is not null)
        {
            _first.Previous = obligation;
        }

        _first = obligation;
        _lock.Exit();
    }

    internal void Remove(Obligation obligation)
    {
        _lock.Enter();
        RemoveLocked(obligation);
        _lock.Exit();
    }

    /// <summary>Notifies the goroutines and threads that rely on goroutines that have been abandoned.</summary>
    internal void Break()
    {
        Obligation? broken = null;
        _lock.Enter();
        for (Obligation? at = _first; at is not null;)
        {
            Obligation? next = at.Next;
            if (at.Goroutine!.HasEnded)
            {
                RemoveLocked(at);
                at.Next = broken;
                broken = at;
            }

            at = next;
        }

        _lock.Exit();
        while (broken is not null)
        {
            Obligation? next = broken.Next;
            broken.Next = null;
            broken.Break(_scheduler.Stopped());
            broken = next;
        }
    }

    private void RemoveLocked(Obligation obligation)
    {
        if (!obligation.IsListed(_first))
        {
            return;
        }

        if (obligation.Previous is null)
        {
            _first = obligation.Next;
        }
        else
        {
            obligation.Previous.Next = obligation.Next;
        }

        if (obligation.Next is not null)
        {
            obligation.Next.Previous = obligation.Previous;
        }

        obligation.Next = null;
        obligation.Previous = null;
    }
}
