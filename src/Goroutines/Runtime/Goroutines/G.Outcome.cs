namespace Goroutines.Runtime;

/// <summary>How the body has ended, and what owns that outcome.</summary>
internal abstract partial class G
{
    /// <summary>The owner of the outcome. Without an owner, a failure is a panic.</summary>
    internal IOutcomeOwner? Owner { get; set; }

    /// <summary>Creates the handle that owns the outcome of a body without a result.</summary>
    internal Goroutine MakeHandle()
    {
        Goroutine handle = new(this);
        Owner = handle;
        return handle;
    }

    /// <summary>Takes the outcome of the body's task, which has ended.</summary>
    /// <returns>The exception that escaped the body; null if there was none.</returns>
    private protected virtual Exception? TakeOutcome(Task body) => FailureOf(body);

    /// <summary>Reports a failure of the body to the owner or, without one, to the panic handler.</summary>
    private void ReportFailure(Exception? failure)
    {
        if (failure is null)
        {
            return;
        }

        if (Owner is { } owner)
        {
            owner.OnFailing(this, failure);
        }
        else if (!WasAbandoned && !(failure is ObjectDisposedException && Scheduler.IsStopping)) // the stop has ended a wait
        {
            Scheduler.Panics.Panic(this, failure);
        }
    }

    /// <summary>Hands the outcome to its owner. Runs no user code.</summary>
    private void Deliver(Exception? failure) => Owner?.OnCompleted(this, failure);

    private static Exception? FailureOf(Task body)
    {
        if (body.IsCompletedSuccessfully)
        {
            return null;
        }

        if (body.Exception is { } aggregate)
        {
            // Like an await: the first exception, unless the body itself threw an aggregate.
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
