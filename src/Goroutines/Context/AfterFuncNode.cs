using Goroutines.Time;

namespace Goroutines.Context;

/// <summary>A body to be run when a context ends (context/context.go: <c>afterFuncCtx</c>).</summary>
internal sealed class AfterFuncNode(CancelSource? parent, DeferredBody body) : CancelNode(parent)
{
    private int _settled;

    /// <summary>Keeps the body from running; <see langword="false"/> when it has been started, or stopped before.</summary>
    internal bool Stop()
    {
        if (Interlocked.Exchange(ref _settled, 1) != 0)
        {
            return false;
        }

        Detach();
        return true;
    }

    private protected override void Ended()
    {
        if (Interlocked.Exchange(ref _settled, 1) == 0)
        {
            body.Spawn();
        }
    }
}
