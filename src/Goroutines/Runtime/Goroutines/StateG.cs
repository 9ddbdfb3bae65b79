namespace Goroutines.Runtime;

/// <summary>A goroutine that runs a body with one argument: a <c>Func&lt;…, ValueTask&gt;</c> or a <c>Func&lt;…, Task&gt;</c>.</summary>
internal sealed class StateG<T1>(Scheduler scheduler, long id, Delegate body, T1 first, string? file, int line) : AsyncG(scheduler, id, file, line)
{
    private T1 _arguments = first;

    internal override Delegate Body => body;

    private protected override Task? Invoke()
    {
        T1 first = _arguments;
        _arguments = default!; // the body decides how long they live
        return TaskOf(body is Func<T1, ValueTask> call ? call(first) : new ValueTask(Checked(((Func<T1, Task>)body)(first))));
    }
}

/// <summary>A goroutine that runs a body with two arguments: a <c>Func&lt;…, ValueTask&gt;</c> or a <c>Func&lt;…, Task&gt;</c>.</summary>
internal sealed class StateG<T1, T2>(Scheduler scheduler, long id, Delegate body, T1 first, T2 second, string? file, int line) : AsyncG(scheduler, id, file, line)
{
    private (T1 First, T2 Second) _arguments = (first, second);

    internal override Delegate Body => body;

    private protected override Task? Invoke()
    {
        (T1 first, T2 second) = _arguments;
        _arguments = default; // the body decides how long they live
        return TaskOf(body is Func<T1, T2, ValueTask> call ? call(first, second) : new ValueTask(Checked(((Func<T1, T2, Task>)body)(first, second))));
    }
}

/// <summary>A goroutine that runs a body with three arguments: a <c>Func&lt;…, ValueTask&gt;</c> or a <c>Func&lt;…, Task&gt;</c>.</summary>
internal sealed class StateG<T1, T2, T3>(Scheduler scheduler, long id, Delegate body, T1 first, T2 second, T3 third, string? file, int line) : AsyncG(scheduler, id, file, line)
{
    private (T1 First, T2 Second, T3 Third) _arguments = (first, second, third);

    internal override Delegate Body => body;

    private protected override Task? Invoke()
    {
        (T1 first, T2 second, T3 third) = _arguments;
        _arguments = default; // the body decides how long they live
        return TaskOf(body is Func<T1, T2, T3, ValueTask> call ? call(first, second, third) : new ValueTask(Checked(((Func<T1, T2, T3, Task>)body)(first, second, third))));
    }
}
