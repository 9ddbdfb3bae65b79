using System.Runtime.CompilerServices;

namespace Goroutines;

/// <summary>Starts goroutines on the current runtime.</summary>
public static partial class Go
{
    /// <inheritdoc cref="GoRuntime.Spawn(Func{ValueTask}, string, int)"/>
    [OverloadResolutionPriority(1)]
    public static void Spawn(Func<ValueTask> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Spawn(body, file, line);

    /// <inheritdoc cref="GoRuntime.Spawn(Func{Task}, string, int)"/>
    public static void Spawn(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Spawn(body, file, line);

    /// <inheritdoc cref="GoRuntime.Spawn(Action, string, int)"/>
    public static void Spawn(Action body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Spawn(body, file, line);

    /// <inheritdoc cref="GoRuntime.Spawn{TState}(Func{TState, ValueTask}, TState, string, int)"/>
    [OverloadResolutionPriority(3)]
    public static void Spawn<TState>(Func<TState, ValueTask> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Spawn(body, state, file, line);

    /// <inheritdoc cref="GoRuntime.Spawn{TState}(Func{TState, Task}, TState, string, int)"/>
    [OverloadResolutionPriority(2)]
    public static void Spawn<TState>(Func<TState, Task> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Spawn(body, state, file, line);

    /// <inheritdoc cref="GoRuntime.Spawn{TState}(Action{TState}, TState, string, int)"/>
    [OverloadResolutionPriority(2)]
    public static void Spawn<TState>(Action<TState> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Spawn(body, state, file, line);

    /// <inheritdoc cref="GoRuntime.Spawn{T1, T2}(Func{T1, T2, ValueTask}, T1, T2, string, int)"/>
    [OverloadResolutionPriority(5)]
    public static void Spawn<T1, T2>(Func<T1, T2, ValueTask> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Spawn(body, first, second, file, line);

    /// <inheritdoc cref="GoRuntime.Spawn{T1, T2}(Func{T1, T2, Task}, T1, T2, string, int)"/>
    [OverloadResolutionPriority(4)]
    public static void Spawn<T1, T2>(Func<T1, T2, Task> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Spawn(body, first, second, file, line);

    /// <inheritdoc cref="GoRuntime.Spawn{T1, T2}(Action{T1, T2}, T1, T2, string, int)"/>
    [OverloadResolutionPriority(4)]
    public static void Spawn<T1, T2>(Action<T1, T2> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Spawn(body, first, second, file, line);

    /// <inheritdoc cref="GoRuntime.Spawn{T1, T2, T3}(Func{T1, T2, T3, ValueTask}, T1, T2, T3, string, int)"/>
    [OverloadResolutionPriority(7)]
    public static void Spawn<T1, T2, T3>(Func<T1, T2, T3, ValueTask> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Spawn(body, first, second, third, file, line);

    /// <inheritdoc cref="GoRuntime.Spawn{T1, T2, T3}(Func{T1, T2, T3, Task}, T1, T2, T3, string, int)"/>
    [OverloadResolutionPriority(6)]
    public static void Spawn<T1, T2, T3>(Func<T1, T2, T3, Task> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Spawn(body, first, second, third, file, line);

    /// <inheritdoc cref="GoRuntime.Spawn{T1, T2, T3}(Action{T1, T2, T3}, T1, T2, T3, string, int)"/>
    [OverloadResolutionPriority(6)]
    public static void Spawn<T1, T2, T3>(Action<T1, T2, T3> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Spawn(body, first, second, third, file, line);
}
