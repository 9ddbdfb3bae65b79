namespace Goroutines.Runtime;

/// <summary>Turns a body into a goroutine. This is the only place that knows what kinds of bodies there are.</summary>
/// <remarks>Nothing is started here. The goroutine captures the execution context and the arguments when it is created, so a caller
/// that has to wait before it starts the goroutine creates it first.</remarks>
internal sealed partial class Scheduler
{
    internal AsyncG NewGoroutine(Func<ValueTask> body, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ValueTaskG(this, NewGoroutineId(), body, file, line);
    }

    internal AsyncG NewGoroutine(Func<Task> body, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new TaskG(this, NewGoroutineId(), body, file, line);
    }

    internal ActionG NewGoroutine(Action body, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ActionG(this, NewGoroutineId(), body, file, line);
    }

    internal AsyncG NewGoroutine<T1>(Func<T1, ValueTask> body, T1 first, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StateG<T1>(this, NewGoroutineId(), body, first, file, line);
    }

    internal AsyncG NewGoroutine<T1>(Func<T1, Task> body, T1 first, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StateG<T1>(this, NewGoroutineId(), body, first, file, line);
    }

    internal ActionG NewGoroutine<T1>(Action<T1> body, T1 first, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ActionG(this, NewGoroutineId(), () => body(first), file, line, named: body);
    }

    internal AsyncG NewGoroutine<T1, T2>(Func<T1, T2, ValueTask> body, T1 first, T2 second, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StateG<T1, T2>(this, NewGoroutineId(), body, first, second, file, line);
    }

    internal AsyncG NewGoroutine<T1, T2>(Func<T1, T2, Task> body, T1 first, T2 second, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StateG<T1, T2>(this, NewGoroutineId(), body, first, second, file, line);
    }

    internal ActionG NewGoroutine<T1, T2>(Action<T1, T2> body, T1 first, T2 second, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ActionG(this, NewGoroutineId(), () => body(first, second), file, line, named: body);
    }

    internal AsyncG NewGoroutine<T1, T2, T3>(Func<T1, T2, T3, ValueTask> body, T1 first, T2 second, T3 third, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StateG<T1, T2, T3>(this, NewGoroutineId(), body, first, second, third, file, line);
    }

    internal AsyncG NewGoroutine<T1, T2, T3>(Func<T1, T2, T3, Task> body, T1 first, T2 second, T3 third, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StateG<T1, T2, T3>(this, NewGoroutineId(), body, first, second, third, file, line);
    }

    internal ActionG NewGoroutine<T1, T2, T3>(Action<T1, T2, T3> body, T1 first, T2 second, T3 third, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ActionG(this, NewGoroutineId(), () => body(first, second, third), file, line, named: body);
    }

    internal AsyncG NewCallback(Action body) => new CallbackG(this, NewGoroutineId(), body);

    internal AsyncG<T> NewResult<T>(Func<ValueTask<T>> body, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new AsyncG<T>(this, NewGoroutineId(), body, file, line);
    }

    internal AsyncG<T> NewResult<T>(Func<Task<T>> body, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new AsyncG<T>(this, NewGoroutineId(), body, file, line);
    }

    internal ThreadG<T> NewResult<T>(Func<T> body, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ThreadG<T>(this, NewGoroutineId(), body, file, line);
    }

    internal AsyncG<T> NewResult<T1, T>(Func<T1, ValueTask<T>> body, T1 first, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new AsyncG<T>(this, NewGoroutineId(), () => body(first), file, line, named: body);
    }

    internal AsyncG<T> NewResult<T1, T>(Func<T1, Task<T>> body, T1 first, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new AsyncG<T>(this, NewGoroutineId(), () => body(first), file, line, named: body);
    }

    internal ThreadG<T> NewResult<T1, T>(Func<T1, T> body, T1 first, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ThreadG<T>(this, NewGoroutineId(), () => body(first), file, line, named: body);
    }

    internal AsyncG<T> NewResult<T1, T2, T>(Func<T1, T2, ValueTask<T>> body, T1 first, T2 second, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new AsyncG<T>(this, NewGoroutineId(), () => body(first, second), file, line, named: body);
    }

    internal AsyncG<T> NewResult<T1, T2, T>(Func<T1, T2, Task<T>> body, T1 first, T2 second, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new AsyncG<T>(this, NewGoroutineId(), () => body(first, second), file, line, named: body);
    }

    internal ThreadG<T> NewResult<T1, T2, T>(Func<T1, T2, T> body, T1 first, T2 second, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ThreadG<T>(this, NewGoroutineId(), () => body(first, second), file, line, named: body);
    }

    internal AsyncG<T> NewResult<T1, T2, T3, T>(Func<T1, T2, T3, ValueTask<T>> body, T1 first, T2 second, T3 third, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new AsyncG<T>(this, NewGoroutineId(), () => body(first, second, third), file, line, named: body);
    }

    internal AsyncG<T> NewResult<T1, T2, T3, T>(Func<T1, T2, T3, Task<T>> body, T1 first, T2 second, T3 third, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new AsyncG<T>(this, NewGoroutineId(), () => body(first, second, third), file, line, named: body);
    }

    internal ThreadG<T> NewResult<T1, T2, T3, T>(Func<T1, T2, T3, T> body, T1 first, T2 second, T3 third, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ThreadG<T>(this, NewGoroutineId(), () => body(first, second, third), file, line, named: body);
    }

    /// <summary>Starts a goroutine whose outcome belongs to <paramref name="owner"/>.</summary>
    internal static void Start(G goroutine, IOutcomeOwner owner)
    {
        goroutine.Owner = owner;
        goroutine.Scheduler.Start(goroutine);
    }

    /// <summary>Starts a goroutine of either kind.</summary>
    internal void Start(G goroutine)
    {
        if (goroutine is ThreadG thread)
        {
            Spawn(thread);
        }
        else
        {
            Spawn(goroutine);
        }
    }
}
