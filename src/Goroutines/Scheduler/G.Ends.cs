namespace Goroutines.Scheduler;

/// <summary>The goroutine whose runtime was stopped before its body had ended. See the essay in Scheduler.Stop.cs.</summary>
internal abstract partial class G
{
    private volatile bool _abandoned;

    /// <summary>Ended by its runtime's end rather than by its body's: no failure of the body's, so nobody is told of a panic.</summary>
    internal bool WasAbandoned => _abandoned;

    /// <summary>Takes the failure that those who wait for the outcome are told of.</summary>
    private protected abstract void SetFailure(Exception failure);

    /// <summary>Abandons the goroutine if it is parked. One with a stack of its own unwinds instead.</summary>
    internal bool TryAbandonParked()
        => !IsStackful
            && Interlocked.CompareExchange(ref _status, (int)GStatus.Dead, (int)GStatus.Waiting) == (int)GStatus.Waiting
            && Abandon();

    /// <summary>Ends a goroutine that the caller has to itself, and that no worker will run any more.</summary>
    /// <returns>false if its body had ended before; it was only to run a callback that had been posted to it.</returns>
    internal bool Abandon()
    {
        Volatile.Write(ref _status, (int)GStatus.Dead);
        if (_ended)
        {
            return false;
        }

        _abandoned = true;
        _ended = true;
        if (_registrySlot >= 0)
        {
            Scheduler.Registry.Remove(_registrySlot, this);
            _registrySlot = -1;
        }

        WaitSource? parkedOn = _parkedOn;
        _parkedOn = null;
        parkedOn?.Abandon();
        SetFailure(Scheduler.Stopped());
        ReportFailure();
        Deliver();
        return true;
    }

    /// <summary>The body was unwound because its runtime was stopped: what it threw is no panic.</summary>
    private protected void MarkUnwound() => _abandoned = true;
}
