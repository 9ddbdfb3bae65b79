using System.Runtime.CompilerServices;

namespace Goroutines;

/// <summary>Starts goroutines in a group as soon as there is room. The overloads match those of <c>Go.Spawn</c>.</summary>
public sealed partial class ErrGroup
{
    /// <summary>Starts a goroutine in the group as soon as fewer than <see cref="Limit"/> goroutines run.</summary>
    /// <param name="body">The body. The first exception that escapes a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="cancellationToken">Cancels the wait for room.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>A task that completes when the goroutine has been started. Await it once.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the goroutine was not started.</exception>
    [OverloadResolutionPriority(1)]
    public ValueTask SpawnAsync(Func<ValueTask> body, CancellationToken cancellationToken = default, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnWaiting(GoRuntime.Current.Scheduler.NewGoroutine(body, file, line), cancellationToken);

    /// <inheritdoc cref="SpawnAsync(Func{ValueTask}, CancellationToken, string, int)"/>
    public ValueTask SpawnAsync(Func<Task> body, CancellationToken cancellationToken = default, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnWaiting(GoRuntime.Current.Scheduler.NewGoroutine(body, file, line), cancellationToken);

    /// <summary>Starts a goroutine in the group, on its own stack, with a synchronous body, as soon as fewer than <see cref="Limit"/> goroutines run.</summary>
    /// <param name="body">The body. The first exception that escapes a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="cancellationToken">Cancels the wait for room.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>A task that completes when the goroutine has been started. Await it once.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the goroutine was not started.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    public ValueTask SpawnAsync(Action body, CancellationToken cancellationToken = default, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnWaiting(GoRuntime.Current.Scheduler.NewGoroutine(body, file, line), cancellationToken);

    /// <summary>Starts a goroutine in the group, with a body that takes one argument, as soon as fewer than <see cref="Limit"/> goroutines run.</summary>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <param name="body">The body. The first exception that escapes a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="state">The argument of the body. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="cancellationToken">Cancels the wait for room.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>A task that completes when the goroutine has been started. Await it once.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the goroutine was not started.</exception>
    [OverloadResolutionPriority(3)]
    public ValueTask SpawnAsync<TState>(Func<TState, ValueTask> body, TState state, CancellationToken cancellationToken = default, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnWaiting(GoRuntime.Current.Scheduler.NewGoroutine(body, state, file, line), cancellationToken);

    /// <inheritdoc cref="SpawnAsync{TState}(Func{TState, ValueTask}, TState, CancellationToken, string, int)"/>
    [OverloadResolutionPriority(2)]
    public ValueTask SpawnAsync<TState>(Func<TState, Task> body, TState state, CancellationToken cancellationToken = default, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnWaiting(GoRuntime.Current.Scheduler.NewGoroutine(body, state, file, line), cancellationToken);

    /// <summary>Starts a goroutine in the group, on its own stack, with a synchronous body that takes one argument, as soon as fewer than <see cref="Limit"/>
    /// goroutines run.</summary>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <param name="body">The body. The first exception that escapes a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="state">The argument of the body. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="cancellationToken">Cancels the wait for room.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>A task that completes when the goroutine has been started. Await it once.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the goroutine was not started.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    [OverloadResolutionPriority(2)]
    public ValueTask SpawnAsync<TState>(Action<TState> body, TState state, CancellationToken cancellationToken = default, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnWaiting(GoRuntime.Current.Scheduler.NewGoroutine(body, state, file, line), cancellationToken);

    /// <summary>Starts a goroutine in the group, with a body that takes two arguments, as soon as fewer than <see cref="Limit"/> goroutines run.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="body">The body. The first exception that escapes a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="first">The body's first argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="second">The body's second argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="cancellationToken">Cancels the wait for room.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>A task that completes when the goroutine has been started. Await it once.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the goroutine was not started.</exception>
    [OverloadResolutionPriority(5)]
    public ValueTask SpawnAsync<T1, T2>(Func<T1, T2, ValueTask> body, T1 first, T2 second, CancellationToken cancellationToken = default, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnWaiting(GoRuntime.Current.Scheduler.NewGoroutine(body, first, second, file, line), cancellationToken);

    /// <inheritdoc cref="SpawnAsync{T1, T2}(Func{T1, T2, ValueTask}, T1, T2, CancellationToken, string, int)"/>
    [OverloadResolutionPriority(4)]
    public ValueTask SpawnAsync<T1, T2>(Func<T1, T2, Task> body, T1 first, T2 second, CancellationToken cancellationToken = default, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnWaiting(GoRuntime.Current.Scheduler.NewGoroutine(body, first, second, file, line), cancellationToken);

    /// <summary>Starts a goroutine in the group, on its own stack, with a synchronous body that takes two arguments, as soon as fewer than <see cref="Limit"/>
    /// goroutines run.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="body">The body. The first exception that escapes a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="first">The body's first argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="second">The body's second argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="cancellationToken">Cancels the wait for room.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>A task that completes when the goroutine has been started. Await it once.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the goroutine was not started.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    [OverloadResolutionPriority(4)]
    public ValueTask SpawnAsync<T1, T2>(Action<T1, T2> body, T1 first, T2 second, CancellationToken cancellationToken = default, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnWaiting(GoRuntime.Current.Scheduler.NewGoroutine(body, first, second, file, line), cancellationToken);

    /// <summary>Starts a goroutine in the group, with a body that takes three arguments, as soon as fewer than <see cref="Limit"/> goroutines run.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="body">The body. The first exception that escapes a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="first">The body's first argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="second">The body's second argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="third">The body's third argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="cancellationToken">Cancels the wait for room.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>A task that completes when the goroutine has been started. Await it once.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the goroutine was not started.</exception>
    [OverloadResolutionPriority(7)]
    public ValueTask SpawnAsync<T1, T2, T3>(Func<T1, T2, T3, ValueTask> body, T1 first, T2 second, T3 third, CancellationToken cancellationToken = default, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnWaiting(GoRuntime.Current.Scheduler.NewGoroutine(body, first, second, third, file, line), cancellationToken);

    /// <inheritdoc cref="SpawnAsync{T1, T2, T3}(Func{T1, T2, T3, ValueTask}, T1, T2, T3, CancellationToken, string, int)"/>
    [OverloadResolutionPriority(6)]
    public ValueTask SpawnAsync<T1, T2, T3>(Func<T1, T2, T3, Task> body, T1 first, T2 second, T3 third, CancellationToken cancellationToken = default, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnWaiting(GoRuntime.Current.Scheduler.NewGoroutine(body, first, second, third, file, line), cancellationToken);

    /// <summary>Starts a goroutine in the group, on its own stack, with a synchronous body that takes three arguments, as soon as fewer than
    /// <see cref="Limit"/> goroutines run.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="body">The body. The first exception that escapes a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="first">The body's first argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="second">The body's second argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="third">The body's third argument. It is evaluated now, as Go evaluates the arguments of a <c>go</c> statement.</param>
    /// <param name="cancellationToken">Cancels the wait for room.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>A task that completes when the goroutine has been started. Await it once.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the goroutine was not started.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    [OverloadResolutionPriority(6)]
    public ValueTask SpawnAsync<T1, T2, T3>(Action<T1, T2, T3> body, T1 first, T2 second, T3 third, CancellationToken cancellationToken = default, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnWaiting(GoRuntime.Current.Scheduler.NewGoroutine(body, first, second, third, file, line), cancellationToken);
}
