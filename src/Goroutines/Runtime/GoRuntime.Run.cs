using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>Starting goroutines with a handle. The overloads are the same as those of <c>Spawn</c>.</summary>
public sealed partial class GoRuntime
{
    /// <summary>Starts a goroutine and returns a handle to join it.</summary>
    /// <param name="body">The body. An exception that escapes it belongs to the handle.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>The handle.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(1)]
    public Goroutine Run(Func<ValueTask> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Start(Scheduler.NewGoroutine(body, file, line));

    /// <inheritdoc cref="Run(Func{ValueTask}, string, int)"/>
    public Goroutine Run(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Start(Scheduler.NewGoroutine(body, file, line));

    /// <summary>Starts a goroutine that runs a synchronous body on a thread, and so a stack, of its own.</summary>
    /// <param name="body">The body. An exception that escapes it belongs to the handle.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>The handle.</returns>
    /// <remarks>In the body, use the synchronous forms (<see cref="Chan{T}.Send"/>, <see cref="Chan{T}.Receive"/>,
    /// <see cref="Select.Wait"/>, <see cref="Goroutine.Join"/>, <see cref="Go.Wait(ValueTask)"/>): they park the goroutine,
    /// and other goroutines run meanwhile. Its thread is pooled and keeps its thread statics.
    /// When <see cref="GoRuntimeOptions.MaxThreads"/> threads are in use, the goroutine waits for one.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    public Goroutine Run(Action body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Start(Scheduler.NewGoroutine(body, file, line));

    /// <summary>Starts a goroutine with a result and returns a handle to join it.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="body">The body. An exception that escapes it belongs to the handle.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>The handle.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(1)]
    public Goroutine<T> Run<T>(Func<ValueTask<T>> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => StartResult(Scheduler.NewResult(body, file, line));

    /// <inheritdoc cref="Run{T}(Func{ValueTask{T}}, string, int)"/>
    public Goroutine<T> Run<T>(Func<Task<T>> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => StartResult(Scheduler.NewResult(body, file, line));

    /// <summary>Starts a goroutine that runs a synchronous body on a thread, and so a stack, of its own.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="body">The body. An exception that escapes it belongs to the handle.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>The handle.</returns>
    /// <remarks>In the body, use the synchronous forms (<see cref="Chan{T}.Send"/>, <see cref="Chan{T}.Receive"/>,
    /// <see cref="Select.Wait"/>, <see cref="Goroutine.Join"/>, <see cref="Go.Wait(ValueTask)"/>): they park the goroutine,
    /// and other goroutines run meanwhile. Its thread is pooled and keeps its thread statics.
    /// When <see cref="GoRuntimeOptions.MaxThreads"/> threads are in use, the goroutine waits for one.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    public Goroutine<T> Run<T>(Func<T> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => StartResult(Scheduler.NewResult(body, file, line));

    /// <summary>Starts a goroutine whose body takes an argument, and returns a handle to join it.</summary>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <param name="body">The body. An exception that escapes it belongs to the handle.</param>
    /// <param name="state">The argument that the body is called with. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>The handle.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(3)]
    public Goroutine Run<TState>(Func<TState, ValueTask> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Start(Scheduler.NewGoroutine(body, state, file, line));

    /// <inheritdoc cref="Run{TState}(Func{TState, ValueTask}, TState, string, int)"/>
    [OverloadResolutionPriority(2)]
    public Goroutine Run<TState>(Func<TState, Task> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Start(Scheduler.NewGoroutine(body, state, file, line));

    /// <summary>Starts a goroutine that runs a synchronous body with an argument on a thread, and so a stack, of its own.</summary>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <param name="body">The body. An exception that escapes it belongs to the handle.</param>
    /// <param name="state">The argument that the body is called with. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>The handle.</returns>
    /// <remarks>In the body, use the synchronous forms (<see cref="Chan{T}.Send"/>, <see cref="Chan{T}.Receive"/>,
    /// <see cref="Select.Wait"/>, <see cref="Goroutine.Join"/>, <see cref="Go.Wait(ValueTask)"/>): they park the goroutine,
    /// and other goroutines run meanwhile. Its thread is pooled and keeps its thread statics.
    /// When <see cref="GoRuntimeOptions.MaxThreads"/> threads are in use, the goroutine waits for one.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    [OverloadResolutionPriority(2)]
    public Goroutine Run<TState>(Action<TState> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Start(Scheduler.NewGoroutine(body, state, file, line));

    /// <summary>Starts a goroutine with a result whose body takes an argument, and returns a handle to join it.</summary>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="body">The body. An exception that escapes it belongs to the handle.</param>
    /// <param name="state">The argument that the body is called with. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>The handle.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(3)]
    public Goroutine<T> Run<TState, T>(Func<TState, ValueTask<T>> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => StartResult(Scheduler.NewResult(body, state, file, line));

    /// <inheritdoc cref="Run{TState, T}(Func{TState, ValueTask{T}}, TState, string, int)"/>
    [OverloadResolutionPriority(2)]
    public Goroutine<T> Run<TState, T>(Func<TState, Task<T>> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => StartResult(Scheduler.NewResult(body, state, file, line));

    /// <summary>Starts a goroutine that runs a synchronous body with an argument on a thread, and so a stack, of its own.</summary>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="body">The body. An exception that escapes it belongs to the handle.</param>
    /// <param name="state">The argument that the body is called with. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>The handle.</returns>
    /// <remarks>In the body, use the synchronous forms (<see cref="Chan{T}.Send"/>, <see cref="Chan{T}.Receive"/>,
    /// <see cref="Select.Wait"/>, <see cref="Goroutine.Join"/>, <see cref="Go.Wait(ValueTask)"/>): they park the goroutine,
    /// and other goroutines run meanwhile. Its thread is pooled and keeps its thread statics.
    /// When <see cref="GoRuntimeOptions.MaxThreads"/> threads are in use, the goroutine waits for one.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    [OverloadResolutionPriority(2)]
    public Goroutine<T> Run<TState, T>(Func<TState, T> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => StartResult(Scheduler.NewResult(body, state, file, line));

    /// <summary>Starts a goroutine whose body takes two arguments, and returns a handle to join it.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="body">The body. An exception that escapes it belongs to the handle.</param>
    /// <param name="first">The body's first argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="second">The body's second argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>The handle.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(5)]
    public Goroutine Run<T1, T2>(Func<T1, T2, ValueTask> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Start(Scheduler.NewGoroutine(body, first, second, file, line));

    /// <inheritdoc cref="Run{T1, T2}(Func{T1, T2, ValueTask}, T1, T2, string, int)"/>
    [OverloadResolutionPriority(4)]
    public Goroutine Run<T1, T2>(Func<T1, T2, Task> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Start(Scheduler.NewGoroutine(body, first, second, file, line));

    /// <summary>Starts a goroutine that runs a synchronous body with two arguments on a thread, and so a stack, of its own.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="body">The body. An exception that escapes it belongs to the handle.</param>
    /// <param name="first">The body's first argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="second">The body's second argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>The handle.</returns>
    /// <remarks>In the body, use the synchronous forms (<see cref="Chan{T}.Send"/>, <see cref="Chan{T}.Receive"/>,
    /// <see cref="Select.Wait"/>, <see cref="Goroutine.Join"/>, <see cref="Go.Wait(ValueTask)"/>): they park the goroutine,
    /// and other goroutines run meanwhile. Its thread is pooled and keeps its thread statics.
    /// When <see cref="GoRuntimeOptions.MaxThreads"/> threads are in use, the goroutine waits for one.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    [OverloadResolutionPriority(4)]
    public Goroutine Run<T1, T2>(Action<T1, T2> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Start(Scheduler.NewGoroutine(body, first, second, file, line));

    /// <summary>Starts a goroutine with a result whose body takes two arguments, and returns a handle to join it.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="body">The body. An exception that escapes it belongs to the handle.</param>
    /// <param name="first">The body's first argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="second">The body's second argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>The handle.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(5)]
    public Goroutine<T> Run<T1, T2, T>(Func<T1, T2, ValueTask<T>> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => StartResult(Scheduler.NewResult(body, first, second, file, line));

    /// <inheritdoc cref="Run{T1, T2, T}(Func{T1, T2, ValueTask{T}}, T1, T2, string, int)"/>
    [OverloadResolutionPriority(4)]
    public Goroutine<T> Run<T1, T2, T>(Func<T1, T2, Task<T>> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => StartResult(Scheduler.NewResult(body, first, second, file, line));

    /// <summary>Starts a goroutine that runs a synchronous body with two arguments on a thread, and so a stack, of its own.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="body">The body. An exception that escapes it belongs to the handle.</param>
    /// <param name="first">The body's first argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="second">The body's second argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>The handle.</returns>
    /// <remarks>In the body, use the synchronous forms (<see cref="Chan{T}.Send"/>, <see cref="Chan{T}.Receive"/>,
    /// <see cref="Select.Wait"/>, <see cref="Goroutine.Join"/>, <see cref="Go.Wait(ValueTask)"/>): they park the goroutine,
    /// and other goroutines run meanwhile. Its thread is pooled and keeps its thread statics.
    /// When <see cref="GoRuntimeOptions.MaxThreads"/> threads are in use, the goroutine waits for one.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    [OverloadResolutionPriority(4)]
    public Goroutine<T> Run<T1, T2, T>(Func<T1, T2, T> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => StartResult(Scheduler.NewResult(body, first, second, file, line));

    /// <summary>Starts a goroutine whose body takes three arguments, and returns a handle to join it.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="body">The body. An exception that escapes it belongs to the handle.</param>
    /// <param name="first">The body's first argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="second">The body's second argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="third">The body's third argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>The handle.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(7)]
    public Goroutine Run<T1, T2, T3>(Func<T1, T2, T3, ValueTask> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Start(Scheduler.NewGoroutine(body, first, second, third, file, line));

    /// <inheritdoc cref="Run{T1, T2, T3}(Func{T1, T2, T3, ValueTask}, T1, T2, T3, string, int)"/>
    [OverloadResolutionPriority(6)]
    public Goroutine Run<T1, T2, T3>(Func<T1, T2, T3, Task> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Start(Scheduler.NewGoroutine(body, first, second, third, file, line));

    /// <summary>Starts a goroutine that runs a synchronous body with three arguments on a thread, and so a stack, of its own.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="body">The body. An exception that escapes it belongs to the handle.</param>
    /// <param name="first">The body's first argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="second">The body's second argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="third">The body's third argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>The handle.</returns>
    /// <remarks>In the body, use the synchronous forms (<see cref="Chan{T}.Send"/>, <see cref="Chan{T}.Receive"/>,
    /// <see cref="Select.Wait"/>, <see cref="Goroutine.Join"/>, <see cref="Go.Wait(ValueTask)"/>): they park the goroutine,
    /// and other goroutines run meanwhile. Its thread is pooled and keeps its thread statics.
    /// When <see cref="GoRuntimeOptions.MaxThreads"/> threads are in use, the goroutine waits for one.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    [OverloadResolutionPriority(6)]
    public Goroutine Run<T1, T2, T3>(Action<T1, T2, T3> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Start(Scheduler.NewGoroutine(body, first, second, third, file, line));

    /// <summary>Starts a goroutine with a result whose body takes three arguments, and returns a handle to join it.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="body">The body. An exception that escapes it belongs to the handle.</param>
    /// <param name="first">The body's first argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="second">The body's second argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="third">The body's third argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>The handle.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(7)]
    public Goroutine<T> Run<T1, T2, T3, T>(Func<T1, T2, T3, ValueTask<T>> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => StartResult(Scheduler.NewResult(body, first, second, third, file, line));

    /// <inheritdoc cref="Run{T1, T2, T3, T}(Func{T1, T2, T3, ValueTask{T}}, T1, T2, T3, string, int)"/>
    [OverloadResolutionPriority(6)]
    public Goroutine<T> Run<T1, T2, T3, T>(Func<T1, T2, T3, Task<T>> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => StartResult(Scheduler.NewResult(body, first, second, third, file, line));

    /// <summary>Starts a goroutine that runs a synchronous body with three arguments on a thread, and so a stack, of its own.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="body">The body. An exception that escapes it belongs to the handle.</param>
    /// <param name="first">The body's first argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="second">The body's second argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="third">The body's third argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>The handle.</returns>
    /// <remarks>In the body, use the synchronous forms (<see cref="Chan{T}.Send"/>, <see cref="Chan{T}.Receive"/>,
    /// <see cref="Select.Wait"/>, <see cref="Goroutine.Join"/>, <see cref="Go.Wait(ValueTask)"/>): they park the goroutine,
    /// and other goroutines run meanwhile. Its thread is pooled and keeps its thread statics.
    /// When <see cref="GoRuntimeOptions.MaxThreads"/> threads are in use, the goroutine waits for one.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    [OverloadResolutionPriority(6)]
    public Goroutine<T> Run<T1, T2, T3, T>(Func<T1, T2, T3, T> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => StartResult(Scheduler.NewResult(body, first, second, third, file, line));

    private Goroutine Start(G goroutine)
    {
        Goroutine handle = goroutine.MakeHandle();
        Scheduler.Start(goroutine);
        return handle;
    }

    private Goroutine<T> StartResult<T>(IResultG<T> goroutine)
    {
        Scheduler.Start(goroutine.Goroutine);
        return goroutine.Handle;
    }
}
