using System.Runtime.CompilerServices;
using Goroutines.Scheduler;

namespace Goroutines;

/// <summary>Starting goroutines.</summary>
/// <remarks>
/// Each form comes twice: as it stands in the contract, and with the caller's file and line, which the compiler prefers
/// and fills in, so that dumps tell where a goroutine was created.
/// </remarks>
public sealed partial class GoRuntime
{
    /// <summary>Starts a goroutine (Go's <c>go f()</c>): nothing to await.</summary>
    /// <param name="body">The body. An exception that leaves it is a panic and goes to <see cref="PanicHandler"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(1)]
    public void Spawn(Func<ValueTask> body) => Spawn(body, null, 0);

    /// <inheritdoc cref="Spawn(Func{ValueTask})"/>
    public void Spawn(Func<Task> body) => Spawn(body, null, 0);

    /// <summary>Starts a goroutine over a body that gets its state as an argument, so that a static lambda needs no closure.</summary>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <param name="body">The body. An exception that leaves it is a panic and goes to <see cref="PanicHandler"/>.</param>
    /// <param name="state">What the body is called with.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    public void Spawn<TState>(Func<TState, ValueTask> body, TState state) => Spawn(body, state, null, 0);

    /// <summary>Starts a goroutine over a synchronous body, which gets a thread, and so a stack, of its own.</summary>
    /// <param name="body">The body. An exception that leaves it is a panic and goes to <see cref="PanicHandler"/>.</param>
    /// <remarks>In the body use the synchronous forms (<see cref="Chan{T}.Send"/>, <see cref="Chan{T}.Receive"/>,
    /// <see cref="Select.Wait"/>, <see cref="Goroutine.Join"/>, <see cref="Go.Wait(ValueTask)"/>): they park the goroutine,
    /// and other goroutines run meanwhile. Its thread is pooled and keeps its thread statics.
    /// When <see cref="GoRuntimeOptions.MaxThreads"/> threads are taken the goroutine waits for one.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    public void Spawn(Action body) => Spawn(body, null, 0);

    /// <inheritdoc cref="Spawn(Func{ValueTask})"/>
    /// <param name="body">The body. An exception that leaves it is a panic and goes to <see cref="PanicHandler"/>.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(3)]
    public void Spawn(Func<ValueTask> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        Scheduler.Spawn(new ValueTaskG(Scheduler, Scheduler.NewGoroutineId(), body, file, line));
    }

    /// <inheritdoc cref="Spawn(Func{ValueTask}, string, int)"/>
    [OverloadResolutionPriority(2)]
    public void Spawn(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        Scheduler.Spawn(new TaskG(Scheduler, Scheduler.NewGoroutineId(), body, file, line));
    }

    /// <inheritdoc cref="Spawn{TState}(Func{TState, ValueTask}, TState)"/>
    /// <param name="body">The body. An exception that leaves it is a panic and goes to <see cref="PanicHandler"/>.</param>
    /// <param name="state">What the body is called with.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(2)]
    public void Spawn<TState>(Func<TState, ValueTask> body, TState state, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        Scheduler.Spawn(new StateG<TState>(Scheduler, Scheduler.NewGoroutineId(), body, state, file, line));
    }

    /// <inheritdoc cref="Spawn(Action)"/>
    /// <param name="body">The body. An exception that leaves it is a panic and goes to <see cref="PanicHandler"/>.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(2)]
    public void Spawn(Action body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        Scheduler.Spawn(new StackfulActionG(Scheduler, Scheduler.NewGoroutineId(), body, file, line));
    }

    /// <summary>Starts a goroutine and gives a handle to join it.</summary>
    /// <param name="body">The body. An exception that leaves it belongs to the handle.</param>
    /// <returns>The handle.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(1)]
    public Goroutine Run(Func<ValueTask> body) => Run(body, null, 0);

    /// <inheritdoc cref="Run(Func{ValueTask})"/>
    public Goroutine Run(Func<Task> body) => Run(body, null, 0);

    /// <summary>Starts a goroutine over a synchronous body, which gets a thread, and so a stack, of its own.</summary>
    /// <param name="body">The body. An exception that leaves it belongs to the handle.</param>
    /// <returns>The handle.</returns>
    /// <remarks>In the body use the synchronous forms (<see cref="Chan{T}.Send"/>, <see cref="Chan{T}.Receive"/>,
    /// <see cref="Select.Wait"/>, <see cref="Goroutine.Join"/>, <see cref="Go.Wait(ValueTask)"/>): they park the goroutine,
    /// and other goroutines run meanwhile. Its thread is pooled and keeps its thread statics.
    /// When <see cref="GoRuntimeOptions.MaxThreads"/> threads are taken the goroutine waits for one.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    public Goroutine Run(Action body) => Run(body, null, 0);

    /// <summary>Starts a goroutine with a result and gives a handle to join it.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="body">The body. An exception that leaves it belongs to the handle.</param>
    /// <returns>The handle.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(1)]
    public Goroutine<T> Run<T>(Func<ValueTask<T>> body) => Run(body, null, 0);

    /// <inheritdoc cref="Run{T}(Func{ValueTask{T}})"/>
    public Goroutine<T> Run<T>(Func<Task<T>> body) => Run(body, null, 0);

    /// <summary>Starts a goroutine over a synchronous body, which gets a thread, and so a stack, of its own.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="body">The body. An exception that leaves it belongs to the handle.</param>
    /// <returns>The handle.</returns>
    /// <remarks>In the body use the synchronous forms (<see cref="Chan{T}.Send"/>, <see cref="Chan{T}.Receive"/>,
    /// <see cref="Select.Wait"/>, <see cref="Goroutine.Join"/>, <see cref="Go.Wait(ValueTask)"/>): they park the goroutine,
    /// and other goroutines run meanwhile. Its thread is pooled and keeps its thread statics.
    /// When <see cref="GoRuntimeOptions.MaxThreads"/> threads are taken the goroutine waits for one.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    public Goroutine<T> Run<T>(Func<T> body) => Run(body, null, 0);

    /// <inheritdoc cref="Run(Func{ValueTask})"/>
    /// <param name="body">The body. An exception that leaves it belongs to the handle.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(3)]
    public Goroutine Run(Func<ValueTask> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Start(new ValueTaskG(Scheduler, Scheduler.NewGoroutineId(), body, file, line));
    }

    /// <inheritdoc cref="Run(Func{ValueTask}, string, int)"/>
    [OverloadResolutionPriority(2)]
    public Goroutine Run(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Start(new TaskG(Scheduler, Scheduler.NewGoroutineId(), body, file, line));
    }

    /// <inheritdoc cref="Run{T}(Func{ValueTask{T}})"/>
    /// <param name="body">The body. An exception that leaves it belongs to the handle.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(3)]
    public Goroutine<T> Run<T>(Func<ValueTask<T>> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Start(new ResultG<T>(Scheduler, Scheduler.NewGoroutineId(), body, file, line));
    }

    /// <inheritdoc cref="Run{T}(Func{ValueTask{T}}, string, int)"/>
    [OverloadResolutionPriority(2)]
    public Goroutine<T> Run<T>(Func<Task<T>> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Start(new ResultG<T>(Scheduler, Scheduler.NewGoroutineId(), body, file, line));
    }

    /// <inheritdoc cref="Run(Action)"/>
    /// <param name="body">The body. An exception that leaves it belongs to the handle.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(2)]
    public Goroutine Run(Action body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        StackfulActionG goroutine = new(Scheduler, Scheduler.NewGoroutineId(), body, file, line);
        Goroutine handle = goroutine.MakeHandle();
        Scheduler.Spawn(goroutine);
        return handle;
    }

    /// <inheritdoc cref="Run{T}(Func{T})"/>
    /// <param name="body">The body. An exception that leaves it belongs to the handle.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(2)]
    public Goroutine<T> Run<T>(Func<T> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        StackfulResultG<T> goroutine = new(Scheduler, Scheduler.NewGoroutineId(), body, file, line);
        Scheduler.Spawn(goroutine);
        return goroutine.Handle;
    }

    private Goroutine Start(ActionG goroutine)
    {
        Goroutine handle = goroutine.MakeHandle();
        Scheduler.Spawn(goroutine);
        return handle;
    }

    private Goroutine<T> Start<T>(ResultG<T> goroutine)
    {
        Scheduler.Spawn(goroutine);
        return goroutine.Handle;
    }
}
