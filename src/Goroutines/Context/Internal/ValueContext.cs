namespace Goroutines.Context;

/// <summary>A context with a value (context/context.go: <c>valueCtx</c>).</summary>
internal abstract class ValueContext(GoContext parent, object key) : GoContext(parent, parent.Source)
{
    internal object Key => key;
}

/// <inheritdoc/>
internal sealed class ValueContext<T>(GoContext parent, ContextKey<T> key, T value) : ValueContext(parent, key)
{
    internal T Value => value;

    /// <summary>As in Go, a value that is not text is described only by its type.</summary>
    private protected override string Step => $".WithValue({Key}, {(value is null ? "<null>" : value as string ?? typeof(T).Name)})";
}
