using System.Diagnostics;
using Goroutines.Runtime;
using Goroutines.Scope;

namespace Goroutines;

/// <summary>Starts the goroutines of one <c>Go.ScopeAsync</c>. All of them end before it returns.</summary>
/// <remarks>
/// <para>All members may be called from any thread, including the children. The children run in the runtime in which the scope was created.</para>
/// <para>The first failure, of the body or of a child, cancels <see cref="CancellationToken"/>; so does the caller's token.
/// Nothing is stopped by force: the other children end when they observe the token, or when they are done.</para>
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

    /// <summary>Gets the token of the scope. The first failure or the caller's token cancels it. Pass it to every operation that waits.</summary>
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
