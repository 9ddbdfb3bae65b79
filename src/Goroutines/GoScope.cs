using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Scheduler;
using Goroutines.Scope;

namespace Goroutines;

/// <summary>The goroutines started in one <c>Go.ScopeAsync</c>: all of them end before it returns.</summary>
/// <remarks>
/// <para>Safe from any thread, and from the children themselves. The children run in the runtime the scope was made in.</para>
/// <para>The first failure, of the body or of a child, cancels <see cref="CancellationToken"/>; so does the caller's token.
/// Nothing is stopped by force: the others end when they look at the token, or when they are done.</para>
/// </remarks>
[DebuggerDisplay("GoScope")]
public sealed class GoScope
{
    private readonly Scheduler.Scheduler _scheduler;
    private readonly ScopeState _state;

    internal GoScope(Scheduler.Scheduler scheduler, ScopeState state)
    {
        _scheduler = scheduler;
        _state = state;
    }

    /// <summary>Cancelled by the first failure or by the caller. Pass it to whatever waits.</summary>
    public CancellationToken CancellationToken => _state.Token;

    /// <summary>Starts a goroutine in the scope.</summary>
    /// <param name="body">The body. An exception that leaves it is a failure of the scope.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The scope has ended: the body and all the goroutines in it have returned.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(1)]
    public void Spawn(Func<ValueTask> body) => Spawn(body, null, 0);

    /// <inheritdoc cref="Spawn(Func{ValueTask})"/>
    public void Spawn(Func<Task> body) => Spawn(body, null, 0);

    /// <summary>Starts a goroutine with a synchronous body, on a stack of its own, in the scope.</summary>
    /// <inheritdoc cref="Spawn(Func{ValueTask})"/>
    public void Spawn(Action body) => Spawn(body, null, 0);

    /// <inheritdoc cref="Spawn(Func{ValueTask})"/>
    /// <param name="body">The body. An exception that leaves it is a failure of the scope.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(3)]
    public void Spawn(Func<ValueTask> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        Start(new ValueTaskG(_scheduler, _scheduler.NewGoroutineId(), body, file, line));
    }

    /// <inheritdoc cref="Spawn(Func{ValueTask}, string, int)"/>
    [OverloadResolutionPriority(2)]
    public void Spawn(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        Start(new TaskG(_scheduler, _scheduler.NewGoroutineId(), body, file, line));
    }

    /// <inheritdoc cref="Spawn(Action)"/>
    /// <param name="body">The body. An exception that leaves it is a failure of the scope.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(2)]
    public void Spawn(Action body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        StackfulActionG child = new(_scheduler, _scheduler.NewGoroutineId(), body, file, line);
        ScopeChild outcome = new(_state, child, null);
        child.DeliverTo(outcome);
        Start(outcome);
    }

    /// <summary>Starts a goroutine in the scope and gives a handle to join it.</summary>
    /// <param name="body">The body. An exception that leaves it is thrown by the handle and is a failure of the scope as well,
    /// whether or not somebody joins.</param>
    /// <returns>The handle.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The scope has ended: the body and all the goroutines in it have returned.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(1)]
    public Goroutine Run(Func<ValueTask> body) => Run(body, null, 0);

    /// <inheritdoc cref="Run(Func{ValueTask})"/>
    public Goroutine Run(Func<Task> body) => Run(body, null, 0);

    /// <summary>Starts a goroutine with a synchronous body, on a stack of its own, in the scope and gives a handle to join it.</summary>
    /// <inheritdoc cref="Run(Func{ValueTask})"/>
    public Goroutine Run(Action body) => Run(body, null, 0);

    /// <summary>Starts a goroutine with a result in the scope and gives a handle to join it.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <inheritdoc cref="Run(Func{ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public Goroutine<T> Run<T>(Func<ValueTask<T>> body) => Run(body, null, 0);

    /// <inheritdoc cref="Run{T}(Func{ValueTask{T}})"/>
    public Goroutine<T> Run<T>(Func<Task<T>> body) => Run(body, null, 0);

    /// <summary>Starts a goroutine with a synchronous body, on a stack of its own, and a result in the scope and gives a handle to join it.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <inheritdoc cref="Run(Func{ValueTask})"/>
    public Goroutine<T> Run<T>(Func<T> body) => Run(body, null, 0);

    /// <inheritdoc cref="Run(Func{ValueTask})"/>
    /// <param name="body">The body. An exception that leaves it is thrown by the handle and is a failure of the scope as well,
    /// whether or not somebody joins.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(3)]
    public Goroutine Run(Func<ValueTask> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        return StartWithHandle(new ValueTaskG(_scheduler, _scheduler.NewGoroutineId(), body, file, line));
    }

    /// <inheritdoc cref="Run(Func{ValueTask}, string, int)"/>
    [OverloadResolutionPriority(2)]
    public Goroutine Run(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        return StartWithHandle(new TaskG(_scheduler, _scheduler.NewGoroutineId(), body, file, line));
    }

    /// <inheritdoc cref="Run(Action)"/>
    /// <param name="body">The body. An exception that leaves it is thrown by the handle and is a failure of the scope as well,
    /// whether or not somebody joins.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(2)]
    public Goroutine Run(Action body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        StackfulActionG child = new(_scheduler, _scheduler.NewGoroutineId(), body, file, line);
        Goroutine handle = new(child);
        ScopeChild outcome = new(_state, child, handle);
        child.DeliverTo(outcome);
        Start(outcome);
        return handle;
    }

    /// <inheritdoc cref="Run{T}(Func{ValueTask{T}})"/>
    /// <param name="body">The body. An exception that leaves it is thrown by the handle and is a failure of the scope as well,
    /// whether or not somebody joins.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(3)]
    public Goroutine<T> Run<T>(Func<ValueTask<T>> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Start(new ResultG<T>(_scheduler, _scheduler.NewGoroutineId(), body, file, line));
    }

    /// <inheritdoc cref="Run{T}(Func{ValueTask{T}}, string, int)"/>
    [OverloadResolutionPriority(2)]
    public Goroutine<T> Run<T>(Func<Task<T>> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Start(new ResultG<T>(_scheduler, _scheduler.NewGoroutineId(), body, file, line));
    }

    /// <inheritdoc cref="Run{T}(Func{T})"/>
    /// <param name="body">The body. An exception that leaves it is thrown by the handle and is a failure of the scope as well,
    /// whether or not somebody joins.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(2)]
    public Goroutine<T> Run<T>(Func<T> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        StackfulResultG<T> child = new(_scheduler, _scheduler.NewGoroutineId(), body, file, line);
        ScopeChild outcome = new(_state, child, null);
        child.Also = outcome;
        Start(outcome);
        return child.Handle;
    }

    private void Start(ActionG child)
    {
        ScopeChild outcome = new(_state, child, null);
        child.DeliverTo(outcome);
        Start(outcome);
    }

    private Goroutine StartWithHandle(ActionG child)
    {
        Goroutine handle = new(child);
        ScopeChild outcome = new(_state, child, handle);
        child.DeliverTo(outcome);
        Start(outcome);
        return handle;
    }

    private Goroutine<T> Start<T>(ResultG<T> child)
    {
        ScopeChild outcome = new(_state, child, null);
        child.Also = outcome;
        Start(outcome);
        return child.Handle;
    }

    private void Start(ScopeChild child)
    {
        _state.Enter(child);
        try
        {
            if (child.Goroutine is StackfulG stackful)
            {
                _scheduler.Spawn(stackful);
            }
            else
            {
                _scheduler.Spawn(child.Goroutine);
            }
        }
        catch
        {
            _state.ChildEnded(child);
            throw;
        }
    }
}
