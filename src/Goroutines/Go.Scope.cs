namespace Goroutines;

/// <summary>Scopes, on the current runtime.</summary>
public static partial class Go
{
    /// <inheritdoc cref="GoRuntime.ScopeAsync(Func{GoScope, ValueTask}, CancellationToken)"/>
    public static ValueTask ScopeAsync(Func<GoScope, ValueTask> body, CancellationToken cancellationToken = default)
        => GoRuntime.Current.ScopeAsync(body, cancellationToken);

    /// <inheritdoc cref="GoRuntime.ScopeAsync{T}(Func{GoScope, ValueTask{T}}, CancellationToken)"/>
    public static ValueTask<T> ScopeAsync<T>(Func<GoScope, ValueTask<T>> body, CancellationToken cancellationToken = default)
        => GoRuntime.Current.ScopeAsync(body, cancellationToken);
}
