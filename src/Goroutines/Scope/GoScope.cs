using System.Diagnostics;
using Goroutines.Runtime;
using Goroutines.Scope;

namespace Goroutines;

/// <summary>The goroutines started in one <c>Go.ScopeAsync</c>: all of them end before it returns.</summary>
/// <remarks>
/// <para>Safe from any thread, and from the children themselves. The children run in the runtime the scope was made in.</para>
/// <para>The first failure, of the body or of a child, cancels <see cref="CancellationToken"/>; so does the caller's token.
/// Nothing is stopped by force: the others end when they look at the token, or when they are done.</para>
/// </remarks>
[DebuggerDisplay("GoScope")]
public sealed partial class GoScope
{
    private readonly Scheduler _scheduler;
    private readonly ScopeState _state;

    internal GoScope(Scheduler scheduler, ScopeState state)
    {
        _scheduler = scheduler;
        _state = state;
    }

    /// <summary>Cancelled by the first failure or by the caller. Pass it to whatever waits.</summary>
    public CancellationToken CancellationToken => _state.Token;

    private Goroutine StartWithHandle(G child)
    {
        Goroutine handle = child.MakeHandle();
        ScopeChild outcome = new(_state, child);
        handle.SecondOwner = outcome;
        Start(outcome);
        return handle;
    }

    private Goroutine<T> StartResult<T>(IResultG<T> child)
    {
        ScopeChild outcome = new(_state, child.Goroutine);
        child.Handle.SecondOwner = outcome;
        Start(outcome);
        return child.Handle;
    }

    private void Start(G child)
    {
        ScopeChild outcome = new(_state, child);
        child.Owner = outcome;
        Start(outcome);
    }

    private void Start(ScopeChild child)
    {
        _state.Enter(child);
        try
        {
            _scheduler.Start(child.Goroutine);
        }
        catch
        {
            _state.ChildEnded(child);
            throw;
        }
    }
}
