namespace Goroutines.Runtime;

/// <summary>Turns a body into a goroutine: the one place that knows what kinds of bodies there are.</summary>
/// <remarks>Nothing is started here. The goroutine keeps the execution context and the arguments of the moment when it is made, so a
/// caller that has to wait before it starts the goroutine makes it first.</remarks>
internal sealed partial class Scheduler
{
    internal ActionG NewGoroutine(Func<ValueTask> body, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ValueTaskG(this, NewGoroutineId(), body, file, line);
    }

    internal ActionG NewGoroutine(Func<Task> body, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new TaskG(this, NewGoroutineId(), body, file, line);
    }

    internal StackfulActionG NewGoroutine(Action body, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StackfulActionG(this, NewGoroutineId(), body, file, line);
    }

    internal ActionG NewGoroutine<T1>(Func<T1, ValueTask> body, T1 first, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StateG<T1>(this, NewGoroutineId(), body, first, file, line);
    }

    internal ActionG NewGoroutine<T1>(Func<T1, Task> body, T1 first, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StateG<T1>(this, NewGoroutineId(), body, first, file, line);
    }

    internal StackfulActionG NewGoroutine<T1>(Action<T1> body, T1 first, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StackfulActionG(this, NewGoroutineId(), () => body(first), file, line, named: body);
    }

    internal ActionG NewGoroutine<T1, T2>(Func<T1, T2, ValueTask> body, T1 first, T2 second, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StateG<T1, T2>(this, NewGoroutineId(), body, first, second, file, line);
    }

    internal ActionG NewGoroutine<T1, T2>(Func<T1, T2, Task> body, T1 first, T2 second, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StateG<T1, T2>(this, NewGoroutineId(), body, first, second, file, line);
    }

    internal StackfulActionG NewGoroutine<T1, T2>(Action<T1, T2> body, T1 first, T2 second, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StackfulActionG(this, NewGoroutineId(), () => body(first, second), file, line, named: body);
    }

    internal ActionG NewGoroutine<T1, T2, T3>(Func<T1, T2, T3, ValueTask> body, T1 first, T2 second, T3 third, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StateG<T1, T2, T3>(this, NewGoroutineId(), body, first, second, third, file, line);
    }

    internal ActionG NewGoroutine<T1, T2, T3>(Func<T1, T2, T3, Task> body, T1 first, T2 second, T3 third, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StateG<T1, T2, T3>(this, NewGoroutineId(), body, first, second, third, file, line);
    }

    internal StackfulActionG NewGoroutine<T1, T2, T3>(Action<T1, T2, T3> body, T1 first, T2 second, T3 third, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StackfulActionG(this, NewGoroutineId(), () => body(first, second, third), file, line, named: body);
    }

    /// <summary>A goroutine over a callback that does not wait: it runs on the worker, not on a stack of its own.</summary>
    internal ActionG NewCallback(Action body) => new CallbackG(this, NewGoroutineId(), body);

    internal ResultG<T> NewResult<T>(Func<ValueTask<T>> body, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ResultG<T>(this, NewGoroutineId(), body, file, line);
    }

    internal ResultG<T> NewResult<T>(Func<Task<T>> body, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ResultG<T>(this, NewGoroutineId(), body, file, line);
    }

    internal StackfulResultG<T> NewResult<T>(Func<T> body, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StackfulResultG<T>(this, NewGoroutineId(), body, file, line);
    }

    internal ResultG<T> NewResult<T1, T>(Func<T1, ValueTask<T>> body, T1 first, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ResultG<T>(this, NewGoroutineId(), () => body(first), file, line, named: body);
    }

    internal ResultG<T> NewResult<T1, T>(Func<T1, Task<T>> body, T1 first, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ResultG<T>(this, NewGoroutineId(), () => body(first), file, line, named: body);
    }

    internal StackfulResultG<T> NewResult<T1, T>(Func<T1, T> body, T1 first, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StackfulResultG<T>(this, NewGoroutineId(), () => body(first), file, line, named: body);
    }

    internal ResultG<T> NewResult<T1, T2, T>(Func<T1, T2, ValueTask<T>> body, T1 first, T2 second, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ResultG<T>(this, NewGoroutineId(), () => body(first, second), file, line, named: body);
    }

    internal ResultG<T> NewResult<T1, T2, T>(Func<T1, T2, Task<T>> body, T1 first, T2 second, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ResultG<T>(this, NewGoroutineId(), () => body(first, second), file, line, named: body);
    }

    internal StackfulResultG<T> NewResult<T1, T2, T>(Func<T1, T2, T> body, T1 first, T2 second, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StackfulResultG<T>(this, NewGoroutineId(), () => body(first, second), file, line, named: body);
    }

    internal ResultG<T> NewResult<T1, T2, T3, T>(Func<T1, T2, T3, ValueTask<T>> body, T1 first, T2 second, T3 third, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ResultG<T>(this, NewGoroutineId(), () => body(first, second, third), file, line, named: body);
    }

    internal ResultG<T> NewResult<T1, T2, T3, T>(Func<T1, T2, T3, Task<T>> body, T1 first, T2 second, T3 third, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ResultG<T>(this, NewGoroutineId(), () => body(first, second, third), file, line, named: body);
    }

    internal StackfulResultG<T> NewResult<T1, T2, T3, T>(Func<T1, T2, T3, T> body, T1 first, T2 second, T3 third, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new StackfulResultG<T>(this, NewGoroutineId(), () => body(first, second, third), file, line, named: body);
    }

    /// <summary>Starts a goroutine whose outcome belongs to <paramref name="owner"/>.</summary>
    internal static void Start(IActionG goroutine, IOutcome owner)
    {
        goroutine.DeliverTo(owner);
        G g = goroutine.Goroutine;
        g.Scheduler.Start(g);
    }

    /// <summary>Starts a goroutine of either kind.</summary>
    internal void Start(G goroutine)
    {
        if (goroutine is StackfulG stackful)
        {
            Spawn(stackful);
        }
        else
        {
            Spawn(goroutine);
        }
    }
}
