using Goroutines.Runtime;

namespace Goroutines.Scope;

/// <summary>A goroutine of a scope: gets its outcome, for the scope and for the handle if there is one.</summary>
/// <remarks>Until it ends the scope holds it: a goroutine whose end is waited for is not garbage, and shows up in dumps.</remarks>
internal sealed class ScopeChild(ScopeState scope, G child, Goroutine? handle) : IOutcome
{
    // Links among the scope's children, guarded by the scope's lock.
    internal ScopeChild? Next;
    internal ScopeChild? Previous;

    internal G Goroutine => child;

    /// <summary>The siblings' token is cancelled before a handle tells of the failure.</summary>
    void IOutcome.Failing(G goroutine, Exception failure) => scope.Fail(failure);

    void IOutcome.Complete(G goroutine, Exception? failure)
    {
        handle?.CompleteSeen(failure);
        scope.ChildEnded(this);
    }
}
