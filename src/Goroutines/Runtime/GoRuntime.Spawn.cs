using System.Runtime.CompilerServices;

namespace Goroutines;

/// <summary>Starting goroutines.</summary>
/// <remarks>
/// The caller's file and line are optional parameters at the end, which the compiler fills in, so that dumps can say where a goroutine was
/// created. A form with more arguments for the body has precedence over one with fewer, so that no argument is taken for the file. Among
/// forms with the same arguments, <c>ValueTask</c> has precedence, so that an <c>async</c> lambda needs no cast.
/// </remarks>
public sealed partial class GoRuntime
{
    /// <summary>Starts a goroutine (Go's <c>go f()</c>). There is nothing to await.</summary>
    /// <param name="body">The body. An exception that escapes it is a panic and goes to <see cref="PanicHandler"/>.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(1)]
    public void Spawn(Func<ValueTask> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Scheduler.Spawn(Scheduler.NewGoroutine(body, file, line));

    /// <inheritdoc cref="Spawn(Func{ValueTask}, string, int)"/>
    public void Spawn(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Scheduler.Spawn(Scheduler.NewGoroutine(body, file, line));

    /// <summary>Starts a goroutine that runs a synchronous body on a thread, and so a stack, of its own.</summary>
    /// <param name="body">The body. An exception that escapes it is a panic and goes to <see cref="PanicHandler"/>.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <remarks>In the body, use the synchronous forms (<see cref="Chan{T}.Send"/>, <see cref="Chan{T}.Receive"/>,
    /// <see cref="Select.Wait"/>, <see cref="Goroutine.Join"/>, <see cref="Go.Wait(ValueTask)"/>): they park the goroutine,
    /// and other goroutines run meanwhile. Its thread is pooled and keeps its thread statics.
    /// When <see cref="GoRuntimeOptions.MaxThreads"/> threads are in use, the goroutine waits for one.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    public void Spawn(Action body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Scheduler.Spawn(Scheduler.NewGoroutine(body, file, line));

    /// <summary>Starts a goroutine whose body takes an argument (Go's <c>go f(a)</c>), so that a static lambda needs no closure.</summary>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <param name="body">The body. An exception that escapes it is a panic and goes to <see cref="PanicHandler"/>.</param>
    /// <param name="state">The argument that the body is called with. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(3)]
    public void Spawn<TState>(Func<TState, ValueTask> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Scheduler.Spawn(Scheduler.NewGoroutine(body, state, file, line));

    /// <inheritdoc cref="Spawn{TState}(Func{TState, ValueTask}, TState, string, int)"/>
    [OverloadResolutionPriority(2)]
    public void Spawn<TState>(Func<TState, Task> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Scheduler.Spawn(Scheduler.NewGoroutine(body, state, file, line));

    /// <summary>Starts a goroutine that runs a synchronous body with an argument on a thread, and so a stack, of its own.</summary>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <param name="body">The body. An exception that escapes it is a panic and goes to <see cref="PanicHandler"/>.</param>
    /// <param name="state">The argument that the body is called with. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <remarks>In the body, use the synchronous forms (<see cref="Chan{T}.Send"/>, <see cref="Chan{T}.Receive"/>,
    /// <see cref="Select.Wait"/>, <see cref="Goroutine.Join"/>, <see cref="Go.Wait(ValueTask)"/>): they park the goroutine,
    /// and other goroutines run meanwhile. Its thread is pooled and keeps its thread statics.
    /// When <see cref="GoRuntimeOptions.MaxThreads"/> threads are in use, the goroutine waits for one.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    [OverloadResolutionPriority(2)]
    public void Spawn<TState>(Action<TState> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Scheduler.Spawn(Scheduler.NewGoroutine(body, state, file, line));

    /// <summary>Starts a goroutine whose body takes two arguments (Go's <c>go f(a, b)</c>), so that a static lambda needs no closure.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="body">The body. An exception that escapes it is a panic and goes to <see cref="PanicHandler"/>.</param>
    /// <param name="first">The body's first argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="second">The body's second argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(5)]
    public void Spawn<T1, T2>(Func<T1, T2, ValueTask> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Scheduler.Spawn(Scheduler.NewGoroutine(body, first, second, file, line));

    /// <inheritdoc cref="Spawn{T1, T2}(Func{T1, T2, ValueTask}, T1, T2, string, int)"/>
    [OverloadResolutionPriority(4)]
    public void Spawn<T1, T2>(Func<T1, T2, Task> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Scheduler.Spawn(Scheduler.NewGoroutine(body, first, second, file, line));

    /// <summary>Starts a goroutine that runs a synchronous body with two arguments on a thread, and so a stack, of its own.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="body">The body. An exception that escapes it is a panic and goes to <see cref="PanicHandler"/>.</param>
    /// <param name="first">The body's first argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="second">The body's second argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <remarks>In the body, use the synchronous forms (<see cref="Chan{T}.Send"/>, <see cref="Chan{T}.Receive"/>,
    /// <see cref="Select.Wait"/>, <see cref="Goroutine.Join"/>, <see cref="Go.Wait(ValueTask)"/>): they park the goroutine,
    /// and other goroutines run meanwhile. Its thread is pooled and keeps its thread statics.
    /// When <see cref="GoRuntimeOptions.MaxThreads"/> threads are in use, the goroutine waits for one.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    [OverloadResolutionPriority(4)]
    public void Spawn<T1, T2>(Action<T1, T2> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Scheduler.Spawn(Scheduler.NewGoroutine(body, first, second, file, line));

    /// <summary>Starts a goroutine whose body takes three arguments (Go's <c>go f(a, b, c)</c>), so that a static lambda needs no closure.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="body">The body. An exception that escapes it is a panic and goes to <see cref="PanicHandler"/>.</param>
    /// <param name="first">The body's first argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="second">The body's second argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="third">The body's third argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(7)]
    public void Spawn<T1, T2, T3>(Func<T1, T2, T3, ValueTask> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Scheduler.Spawn(Scheduler.NewGoroutine(body, first, second, third, file, line));

    /// <inheritdoc cref="Spawn{T1, T2, T3}(Func{T1, T2, T3, ValueTask}, T1, T2, T3, string, int)"/>
    [OverloadResolutionPriority(6)]
    public void Spawn<T1, T2, T3>(Func<T1, T2, T3, Task> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Scheduler.Spawn(Scheduler.NewGoroutine(body, first, second, third, file, line));

    /// <summary>Starts a goroutine that runs a synchronous body with three arguments on a thread, and so a stack, of its own.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="body">The body. An exception that escapes it is a panic and goes to <see cref="PanicHandler"/>.</param>
    /// <param name="first">The body's first argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="second">The body's second argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="third">The body's third argument. It is evaluated now, like the arguments of a <c>go</c> statement in Go.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <remarks>In the body, use the synchronous forms (<see cref="Chan{T}.Send"/>, <see cref="Chan{T}.Receive"/>,
    /// <see cref="Select.Wait"/>, <see cref="Goroutine.Join"/>, <see cref="Go.Wait(ValueTask)"/>): they park the goroutine,
    /// and other goroutines run meanwhile. Its thread is pooled and keeps its thread statics.
    /// When <see cref="GoRuntimeOptions.MaxThreads"/> threads are in use, the goroutine waits for one.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    [OverloadResolutionPriority(6)]
    public void Spawn<T1, T2, T3>(Action<T1, T2, T3> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => Scheduler.Spawn(Scheduler.NewGoroutine(body, first, second, third, file, line));
}
