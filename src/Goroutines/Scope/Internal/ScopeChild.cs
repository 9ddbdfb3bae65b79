using Goroutines.Runtime;

namespace Goroutines.Scope;

/// <summary>A goroutine of a scope: takes its outcome for the scope.</summary>
/// <remarks>The scope references it until it ends: a goroutine whose end is awaited is not garbage, and appears in dumps.</remarks>
internal sealed class ScopeChild(ScopeState scope, G child) : IOutcomeOwner
{
    // Links among the scope's children, guarded by the scope's lock.
    internal ScopeChild? Next;
    internal ScopeChild? Previous;

    internal G Goroutine => child;

    object? IOutcomeOwner.Group => scope;

    /// <summary>Cancels the siblings' token before a handle reports the failure.</summary>
    void IOutcomeOwner.OnFailing(G goroutine, Exception failure) => scope.Fail(failure);

    void IOutcomeOwner.OnCompleted(G goroutine, Exception? failure) => scope.ChildEnded(this);
}
