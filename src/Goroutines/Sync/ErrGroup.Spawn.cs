using System.Runtime.CompilerServices;

namespace Goroutines;

/// <summary>Starts goroutines in a group, and blocks until there is room. The overloads match those of <c>Go.Spawn</c>.</summary>
public sealed partial class ErrGroup
{
    /// <summary>Starts a goroutine in the group; blocks the caller while <see cref="Limit"/> goroutines run (Go's <c>Group.Go</c>).</summary>
    /// <param name="body">The body. The first exception that escapes a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <remarks>In an async body with a limit, prefer <see cref="SpawnAsync(Func{ValueTask}, CancellationToken, string, int)"/>:
    /// this method blocks the thread (in a goroutine, as a blocking region). A goroutine with its own stack parks.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(1)]
    public void Spawn(Func<ValueTask> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnBlocking(GoRuntime.Current.Scheduler.NewGoroutine(body, file, line));

    /// <inheritdoc cref="Spawn(Func{ValueTask}, string, int)"/>
    public void Spawn(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnBlocking(GoRuntime.Current.Scheduler.NewGoroutine(body, file, line));

    /// <summary>Starts a goroutine in the group, on its own stack, with a synchronous body; blocks the caller while <see cref="Limit"/> goroutines run (Go's
    /// <c>Group.Go</c>).</summary>
    /// <param name="body">The body. The first exception that escapes a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <remarks>In an async body with a limit, prefer <see cref="SpawnAsync(Func{ValueTask}, CancellationToken, string, int)"/>:
    /// this method blocks the thread (in a goroutine, as a blocking region). A goroutine with its own stack parks.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    public void Spawn(Action body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnBlocking(GoRuntime.Current.Scheduler.NewGoroutine(body, file, line));

    /// <summary>Starts a goroutine in the group, with a body that takes one argument; blocks the caller while <see cref="Limit"/> goroutines run (Go's
    /// <c>Group.Go</c>).</summary>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <param name="body">The body. The first exception that escapes a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="state">The argument of the body. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <remarks>In an async body with a limit, prefer <see cref="SpawnAsync(Func{ValueTask}, CancellationToken, string, int)"/>:
    /// this method blocks the thread (in a goroutine, as a blocking region). A goroutine with its own stack parks.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(3)]
    public void Spawn<TState>(Func<TState, ValueTask> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnBlocking(GoRuntime.Current.Scheduler.NewGoroutine(body, state, file, line));

    /// <inheritdoc cref="Spawn{TState}(Func{TState, ValueTask}, TState, string, int)"/>
    [OverloadResolutionPriority(2)]
    public void Spawn<TState>(Func<TState, Task> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnBlocking(GoRuntime.Current.Scheduler.NewGoroutine(body, state, file, line));

    /// <summary>Starts a goroutine in the group, on its own stack, with a synchronous body that takes one argument; blocks the caller while <see cref="Limit"/>
    /// goroutines run (Go's <c>Group.Go</c>).</summary>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <param name="body">The body. The first exception that escapes a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="state">The argument of the body. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <remarks>In an async body with a limit, prefer <see cref="SpawnAsync(Func{ValueTask}, CancellationToken, string, int)"/>:
    /// this method blocks the thread (in a goroutine, as a blocking region). A goroutine with its own stack parks.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    [OverloadResolutionPriority(2)]
    public void Spawn<TState>(Action<TState> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnBlocking(GoRuntime.Current.Scheduler.NewGoroutine(body, state, file, line));

    /// <summary>Starts a goroutine in the group, with a body that takes two arguments; blocks the caller while <see cref="Limit"/> goroutines run (Go's
    /// <c>Group.Go</c>).</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="body">The body. The first exception that escapes a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="first">The body's first argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="second">The body's second argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <remarks>In an async body with a limit, prefer <see cref="SpawnAsync(Func{ValueTask}, CancellationToken, string, int)"/>:
    /// this method blocks the thread (in a goroutine, as a blocking region). A goroutine with its own stack parks.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(5)]
    public void Spawn<T1, T2>(Func<T1, T2, ValueTask> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnBlocking(GoRuntime.Current.Scheduler.NewGoroutine(body, first, second, file, line));

    /// <inheritdoc cref="Spawn{T1, T2}(Func{T1, T2, ValueTask}, T1, T2, string, int)"/>
    [OverloadResolutionPriority(4)]
    public void Spawn<T1, T2>(Func<T1, T2, Task> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnBlocking(GoRuntime.Current.Scheduler.NewGoroutine(body, first, second, file, line));

    /// <summary>Starts a goroutine in the group, on its own stack, with a synchronous body that takes two arguments; blocks the caller while
    /// <see cref="Limit"/> goroutines run (Go's <c>Group.Go</c>).</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="body">The body. The first exception that escapes a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="first">The body's first argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="second">The body's second argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <remarks>In an async body with a limit, prefer <see cref="SpawnAsync(Func{ValueTask}, CancellationToken, string, int)"/>:
    /// this method blocks the thread (in a goroutine, as a blocking region). A goroutine with its own stack parks.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    [OverloadResolutionPriority(4)]
    public void Spawn<T1, T2>(Action<T1, T2> body, T1 first, T2 second, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnBlocking(GoRuntime.Current.Scheduler.NewGoroutine(body, first, second, file, line));

    /// <summary>Starts a goroutine in the group, with a body that takes three arguments; blocks the caller while <see cref="Limit"/> goroutines run (Go's
    /// <c>Group.Go</c>).</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="body">The body. The first exception that escapes a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="first">The body's first argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="second">The body's second argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="third">The body's third argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <remarks>In an async body with a limit, prefer <see cref="SpawnAsync(Func{ValueTask}, CancellationToken, string, int)"/>:
    /// this method blocks the thread (in a goroutine, as a blocking region). A goroutine with its own stack parks.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(7)]
    public void Spawn<T1, T2, T3>(Func<T1, T2, T3, ValueTask> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnBlocking(GoRuntime.Current.Scheduler.NewGoroutine(body, first, second, third, file, line));

    /// <inheritdoc cref="Spawn{T1, T2, T3}(Func{T1, T2, T3, ValueTask}, T1, T2, T3, string, int)"/>
    [OverloadResolutionPriority(6)]
    public void Spawn<T1, T2, T3>(Func<T1, T2, T3, Task> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnBlocking(GoRuntime.Current.Scheduler.NewGoroutine(body, first, second, third, file, line));

    /// <summary>Starts a goroutine in the group, on its own stack, with a synchronous body that takes three arguments; blocks the caller while
    /// <see cref="Limit"/> goroutines run (Go's <c>Group.Go</c>).</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="body">The body. The first exception that escapes a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="first">The body's first argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="second">The body's second argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="third">The body's third argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <remarks>In an async body with a limit, prefer <see cref="SpawnAsync(Func{ValueTask}, CancellationToken, string, int)"/>:
    /// this method blocks the thread (in a goroutine, as a blocking region). A goroutine with its own stack parks.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    [OverloadResolutionPriority(6)]
    public void Spawn<T1, T2, T3>(Action<T1, T2, T3> body, T1 first, T2 second, T3 third, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnBlocking(GoRuntime.Current.Scheduler.NewGoroutine(body, first, second, third, file, line));
}
