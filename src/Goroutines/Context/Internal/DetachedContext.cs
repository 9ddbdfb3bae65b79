namespace Goroutines.Context;

/// <summary>A context that has only its parent's values (context/context.go: <c>withoutCancelCtx</c>).</summary>
internal sealed class DetachedContext(GoContext parent) : GoContext(parent, null)
{
    private protected override string Step => ".WithoutCancel";
}
