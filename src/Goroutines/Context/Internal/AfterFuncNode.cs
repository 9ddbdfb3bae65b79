using Goroutines.Time;

namespace Goroutines.Context;

/// <summary>A body to be run when a context ends (context/context.go: <c>afterFuncCtx</c>).</summary>
internal sealed class AfterFuncNode : CancelNode
{
    /// <summary>Cleared when it is settled: a holder of the registration must not keep the body and its execution context alive.</summary>
    private DeferredBody? _body;
    private int _settled;

    internal AfterFuncNode(CancelSource? parent, DeferredBody body)
        : base(parent)
    {
        _body = body.Ordered();
    }

    /// <summary>Keeps the body from running. Returns <see langword="false"/> if it has already been started or stopped.</summary>
    internal bool Stop()
    {
        if (Interlocked.Exchange(ref _settled, 1) != 0)
        {
            return false;
        }

        _body = null;
        Detach();
        return true;
    }

    private protected override void Ended()
    {
        if (Interlocked.Exchange(ref _settled, 1) == 0)
        {
            DeferredBody body = _body!;
            _body = null;
            body.Spawn();
        }
    }
}
