using System.Runtime.CompilerServices;

namespace Goroutines;

/// <summary>Starts goroutines that have a handle, on the current runtime.</summary>
public static partial class Go
{
    /// <inheritdoc cref="GoRuntime.Run(Func{ValueTask}, string, int)"/>
    [OverloadResolutionPriority(1)]
    public static Goroutine Run(Func<ValueTask> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, file, line);

    /// <inheritdoc cref="GoRuntime.Run(Func{Task}, string, int)"/>
    public static Goroutine Run(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, file, line);

    /// <inheritdoc cref="GoRuntime.Run(Action, string, int)"/>
    public static Goroutine Run(Action body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T}(Func{ValueTask{T}}, string, int)"/>
    [OverloadResolutionPriority(1)]
    public static Goroutine<T> Run<T>(Func<ValueTask<T>> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T}(Func{Task{T}}, string, int)"/>
    public static Goroutine<T> Run<T>(Func<Task<T>> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T}(Func{T}, string, int)"/>
    public static Goroutine<T> Run<T>(Func<T> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, file, line);

    /// <inheritdoc cref="GoRuntime.Run{TState}(Func{TState, ValueTask}, TState, string, int)"/>
    [OverloadResolutionPriority(3)]
    public static Goroutine Run<TState>(Func<TState, ValueTask> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, state, file, line);

    /// <inheritdoc cref="GoRuntime.Run{TState}(Func{TState, Task}, TState, string, int)"/>
    [OverloadResolutionPriority(2)]
    public static Goroutine Run<TState>(Func<TState, Task> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, state, file, line);

    /// <inheritdoc cref="GoRuntime.Run{TState}(Action{TState}, TState, string, int)"/>
    [OverloadResolutionPriority(2)]
    public static Goroutine Run<TState>(Action<TState> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, state, file, line);

    /// <inheritdoc cref="GoRuntime.Run{TState, T}(Func{TState, ValueTask{T}}, TState, string, int)"/>
    [OverloadResolutionPriority(3)]
    public static Goroutine<T> Run<TState, T>(Func<TState, ValueTask<T>> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, state, file, line);

    /// <inheritdoc cref="GoRuntime.Run{TState, T}(Func{TState, Task{T}}, TState, string, int)"/>
    [OverloadResolutionPriority(2)]
    public static Goroutine<T> Run<TState, T>(Func<TState, Task<T>> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, state, file, line);

    /// <inheritdoc cref="GoRuntime.Run{TState, T}(Func{TState, T}, TState, string, int)"/>
    [OverloadResolutionPriority(2)]
    public static Goroutine<T> Run<TState, T>(Func<TState, T> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, state, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T1, T2}(Func{T1, T2, ValueTask}, T1, T2, string, int)"/>
    [OverloadResolutionPriority(5)]
    public static Goroutine Run<T1, T2>(Func<T1, T2, ValueTask> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, first, second, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T1, T2}(Func{T1, T2, Task}, T1, T2, string, int)"/>
    [OverloadResolutionPriority(4)]
    public static Goroutine Run<T1, T2>(Func<T1, T2, Task> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, first, second, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T1, T2}(Action{T1, T2}, T1, T2, string, int)"/>
    [OverloadResolutionPriority(4)]
    public static Goroutine Run<T1, T2>(Action<T1, T2> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, first, second, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T1, T2, T}(Func{T1, T2, ValueTask{T}}, T1, T2, string, int)"/>
    [OverloadResolutionPriority(5)]
    public static Goroutine<T> Run<T1, T2, T>(Func<T1, T2, ValueTask<T>> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, first, second, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T1, T2, T}(Func{T1, T2, Task{T}}, T1, T2, string, int)"/>
    [OverloadResolutionPriority(4)]
    public static Goroutine<T> Run<T1, T2, T>(Func<T1, T2, Task<T>> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, first, second, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T1, T2, T}(Func{T1, T2, T}, T1, T2, string, int)"/>
    [OverloadResolutionPriority(4)]
    public static Goroutine<T> Run<T1, T2, T>(Func<T1, T2, T> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, first, second, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T1, T2, T3}(Func{T1, T2, T3, ValueTask}, T1, T2, T3, string, int)"/>
    [OverloadResolutionPriority(7)]
    public static Goroutine Run<T1, T2, T3>(Func<T1, T2, T3, ValueTask> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, first, second, third, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T1, T2, T3}(Func{T1, T2, T3, Task}, T1, T2, T3, string, int)"/>
    [OverloadResolutionPriority(6)]
    public static Goroutine Run<T1, T2, T3>(Func<T1, T2, T3, Task> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, first, second, third, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T1, T2, T3}(Action{T1, T2, T3}, T1, T2, T3, string, int)"/>
    [OverloadResolutionPriority(6)]
    public static Goroutine Run<T1, T2, T3>(Action<T1, T2, T3> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, first, second, third, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T1, T2, T3, T}(Func{T1, T2, T3, ValueTask{T}}, T1, T2, T3, string, int)"/>
    [OverloadResolutionPriority(7)]
    public static Goroutine<T> Run<T1, T2, T3, T>(Func<T1, T2, T3, ValueTask<T>> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, first, second, third, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T1, T2, T3, T}(Func{T1, T2, T3, Task{T}}, T1, T2, T3, string, int)"/>
    [OverloadResolutionPriority(6)]
    public static Goroutine<T> Run<T1, T2, T3, T>(Func<T1, T2, T3, Task<T>> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, first, second, third, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T1, T2, T3, T}(Func{T1, T2, T3, T}, T1, T2, T3, string, int)"/>
    [OverloadResolutionPriority(6)]
    public static Goroutine<T> Run<T1, T2, T3, T>(Func<T1, T2, T3, T> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => GoRuntime.Current.Run(body, first, second, third, file, line);
}
