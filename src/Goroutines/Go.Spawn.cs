using System.Runtime.CompilerServices;

namespace Goroutines;

/// <summary>Starting goroutines, on the current runtime.</summary>
public static partial class Go
{
    /// <inheritdoc cref="GoRuntime.Spawn(Func{ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static void Spawn(Func<ValueTask> body) => GoRuntime.Current.Spawn(body, null, 0);

    /// <inheritdoc cref="GoRuntime.Spawn(Func{Task})"/>
    public static void Spawn(Func<Task> body) => GoRuntime.Current.Spawn(body, null, 0);

    /// <inheritdoc cref="GoRuntime.Spawn{TState}(Func{TState, ValueTask}, TState)"/>
    public static void Spawn<TState>(Func<TState, ValueTask> body, TState state) => GoRuntime.Current.Spawn(body, state, null, 0);

    /// <inheritdoc cref="GoRuntime.Spawn(Action)"/>
    public static void Spawn(Action body) => GoRuntime.Current.Spawn(body, null, 0);

    /// <inheritdoc cref="GoRuntime.Spawn(Func{ValueTask}, string, int)"/>
    [OverloadResolutionPriority(3)]
    public static void Spawn(Func<ValueTask> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) => GoRuntime.Current.Spawn(body, file, line);

    /// <inheritdoc cref="GoRuntime.Spawn(Func{Task}, string, int)"/>
    [OverloadResolutionPriority(2)]
    public static void Spawn(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) => GoRuntime.Current.Spawn(body, file, line);

    /// <inheritdoc cref="GoRuntime.Spawn{TState}(Func{TState, ValueTask}, TState, string, int)"/>
    [OverloadResolutionPriority(2)]
    public static void Spawn<TState>(Func<TState, ValueTask> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) => GoRuntime.Current.Spawn(body, state, file, line);

    /// <inheritdoc cref="GoRuntime.Run(Func{ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static Goroutine Run(Func<ValueTask> body) => GoRuntime.Current.Run(body, null, 0);

    /// <inheritdoc cref="GoRuntime.Run(Func{Task})"/>
    public static Goroutine Run(Func<Task> body) => GoRuntime.Current.Run(body, null, 0);

    /// <inheritdoc cref="GoRuntime.Run(Action)"/>
    public static Goroutine Run(Action body) => GoRuntime.Current.Run(body, null, 0);

    /// <inheritdoc cref="GoRuntime.Run{T}(Func{ValueTask{T}})"/>
    [OverloadResolutionPriority(1)]
    public static Goroutine<T> Run<T>(Func<ValueTask<T>> body) => GoRuntime.Current.Run(body, null, 0);

    /// <inheritdoc cref="GoRuntime.Run{T}(Func{Task{T}})"/>
    public static Goroutine<T> Run<T>(Func<Task<T>> body) => GoRuntime.Current.Run(body, null, 0);

    /// <inheritdoc cref="GoRuntime.Run{T}(Func{T})"/>
    public static Goroutine<T> Run<T>(Func<T> body) => GoRuntime.Current.Run(body, null, 0);

    /// <inheritdoc cref="GoRuntime.Run(Func{ValueTask}, string, int)"/>
    [OverloadResolutionPriority(3)]
    public static Goroutine Run(Func<ValueTask> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) => GoRuntime.Current.Run(body, file, line);

    /// <inheritdoc cref="GoRuntime.Run(Func{Task}, string, int)"/>
    [OverloadResolutionPriority(2)]
    public static Goroutine Run(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) => GoRuntime.Current.Run(body, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T}(Func{ValueTask{T}}, string, int)"/>
    [OverloadResolutionPriority(3)]
    public static Goroutine<T> Run<T>(Func<ValueTask<T>> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) => GoRuntime.Current.Run(body, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T}(Func{Task{T}}, string, int)"/>
    [OverloadResolutionPriority(2)]
    public static Goroutine<T> Run<T>(Func<Task<T>> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) => GoRuntime.Current.Run(body, file, line);

    /// <inheritdoc cref="GoRuntime.Spawn(Action, string, int)"/>
    [OverloadResolutionPriority(2)]
    public static void Spawn(Action body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) => GoRuntime.Current.Spawn(body, file, line);

    /// <inheritdoc cref="GoRuntime.Run(Action, string, int)"/>
    [OverloadResolutionPriority(2)]
    public static Goroutine Run(Action body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) => GoRuntime.Current.Run(body, file, line);

    /// <inheritdoc cref="GoRuntime.Run{T}(Func{T}, string, int)"/>
    [OverloadResolutionPriority(2)]
    public static Goroutine<T> Run<T>(Func<T> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) => GoRuntime.Current.Run(body, file, line);

    /// <inheritdoc cref="GoRuntime.Main(Func{ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static void Main(Func<ValueTask> body) => GoRuntime.Current.Main(body);

    /// <inheritdoc cref="GoRuntime.Main(Func{Task})"/>
    public static void Main(Func<Task> body) => GoRuntime.Current.Main(body);

    /// <inheritdoc cref="GoRuntime.Main(Action)"/>
    public static void Main(Action body) => GoRuntime.Current.Main(body);

    /// <inheritdoc cref="GoRuntime.Main{T}(Func{ValueTask{T}})"/>
    [OverloadResolutionPriority(1)]
    public static T Main<T>(Func<ValueTask<T>> body) => GoRuntime.Current.Main(body);

    /// <inheritdoc cref="GoRuntime.Main{T}(Func{Task{T}})"/>
    public static T Main<T>(Func<Task<T>> body) => GoRuntime.Current.Main(body);

    /// <inheritdoc cref="GoRuntime.Main{T}(Func{T})"/>
    public static T Main<T>(Func<T> body) => GoRuntime.Current.Main(body);
}
