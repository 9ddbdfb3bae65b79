using Goroutines.Runtime;

namespace Goroutines.Scope;

/// <summary>A goroutine of a scope: takes its outcome for the scope.</summary>
/// <remarks>Until it ends the scope holds it: a goroutine whose end is waited for is not garbage, and shows up in dumps.</remarks>
internal sealed class ScopeChild(ScopeState scope, G child) : IOutcomeOwner
{
    // Links among the scope's children, guarded by the scope's lock.
    internal ScopeChild? Next;
    internal ScopeChild? Previous;

    internal G Goroutine => child;

    object? IOutcomeOwner.Group => scope;

    /// <summary>The siblings' token is cancelled before a handle tells of the failure.</summary>
    void IOutcomeOwner.OnFailing(G goroutine, Exception failure) => scope.Fail(failure);

    void IOutcomeOwner.OnCompleted(G goroutine, Exception? failure) => scope.ChildEnded(this);
}
