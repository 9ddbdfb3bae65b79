namespace Goroutines.Runtime;

/// <summary>How the body has ended, and what that belongs to.</summary>
internal abstract partial class G
{
    /// <summary>What left the body; null if nothing did.</summary>
    private protected Exception? Failure;

    /// <summary>What the outcome belongs to. Without an owner a failure is a panic.</summary>
    internal IOutcomeOwner? Owner { get; set; }

    /// <summary>Makes the handle that owns the outcome of a body without a result.</summary>
    internal Goroutine MakeHandle()
    {
        Goroutine handle = new(this);
        Owner = handle;
        return handle;
    }

    /// <summary>Takes the outcome of the body's task, which has ended.</summary>
    private protected virtual void TakeOutcome(Task body) => Failure = FailureOf(body);

    /// <summary>If the body has failed, tells the owner; without one, the panic handler.</summary>
    private void ReportFailure()
    {
        if (Failure is null)
        {
            return;
        }

        if (Owner is { } owner)
        {
            owner.OnFailing(this, Failure);
        }
        else if (!WasAbandoned && !(Failure is ObjectDisposedException && Scheduler.IsStopping)) // a wait that the stop has ended
        {
            Scheduler.Panics.Panic(this, Failure);
        }
    }

    /// <summary>Hands the outcome to its owner. Runs no code of the user's.</summary>
    private void Deliver() => Owner?.OnCompleted(this, Failure);

    private static Exception? FailureOf(Task body)
    {
        if (body.IsCompletedSuccessfully)
        {
            return null;
        }

        if (body.Exception is { } aggregate)
        {
            // As an await would: the first one, unless the body itself threw an aggregate.
            return aggregate.InnerExceptions.Count == 1 ? aggregate.InnerException : aggregate.InnerExceptions[0];
        }

        try
        {
            body.GetAwaiter().GetResult();
            return null;
        }
        catch (OperationCanceledException cancelled)
        {
            return cancelled;
        }
    }
}
