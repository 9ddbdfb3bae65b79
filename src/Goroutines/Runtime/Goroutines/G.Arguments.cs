namespace Goroutines.Runtime;

/// <summary>A goroutine that is made and not started yet, over a body that gives no result.</summary>
internal interface IActionG
{
    G Goroutine { get; }

    /// <summary>Makes the handle that owns the outcome.</summary>
    Goroutine MakeHandle();

    /// <summary>Says what the outcome belongs to. Without an owner a failure is a panic.</summary>
    void DeliverTo(IOutcome outcome);
}

/// <summary>A goroutine that is made and not started yet, over a body that gives a result.</summary>
internal interface IResultG<T>
{
    G Goroutine { get; }

    Goroutine<T> Handle { get; }

    /// <summary>What gets the outcome beside the handle.</summary>
    IOutcome? Also { get; set; }
}

/// <summary>A goroutine over a callback that does not wait.</summary>
internal sealed class CallbackG(Scheduler scheduler, long id, Action body) : ActionG(scheduler, id, null, 0)
{
    internal override Delegate Body => body;

    private protected override ValueTask Call()
    {
        body();
        return default;
    }
}

/// <summary>A goroutine over a body that gets its state: a <c>Func&lt;…, ValueTask&gt;</c> or a <c>Func&lt;…, Task&gt;</c>.</summary>
internal sealed class StateG<T1>(Scheduler scheduler, long id, Delegate body, T1 first, string? file, int line) : ActionG(scheduler, id, file, line)
{
    private T1 _arguments = first;

    internal override Delegate Body => body;

    private protected override ValueTask Call()
    {
        T1 first = _arguments;
        _arguments = default!; // the body decides how long they live
        return body is Func<T1, ValueTask> call ? call(first) : TaskG.Checked(((Func<T1, Task>)body)(first));
    }
}

/// <summary>A goroutine over a body that gets two arguments: a <c>Func&lt;…, ValueTask&gt;</c> or a <c>Func&lt;…, Task&gt;</c>.</summary>
internal sealed class StateG<T1, T2>(Scheduler scheduler, long id, Delegate body, T1 first, T2 second, string? file, int line) : ActionG(scheduler, id, file, line)
{
    private (T1 First, T2 Second) _arguments = (first, second);

    internal override Delegate Body => body;

    private protected override ValueTask Call()
    {
        (T1 first, T2 second) = _arguments;
        _arguments = default; // the body decides how long they live
        return body is Func<T1, T2, ValueTask> call ? call(first, second) : TaskG.Checked(((Func<T1, T2, Task>)body)(first, second));
    }
}

/// <summary>A goroutine over a body that gets three arguments: a <c>Func&lt;…, ValueTask&gt;</c> or a <c>Func&lt;…, Task&gt;</c>.</summary>
internal sealed class StateG<T1, T2, T3>(Scheduler scheduler, long id, Delegate body, T1 first, T2 second, T3 third, string? file, int line) : ActionG(scheduler, id, file, line)
{
    private (T1 First, T2 Second, T3 Third) _arguments = (first, second, third);

    internal override Delegate Body => body;

    private protected override ValueTask Call()
    {
        (T1 first, T2 second, T3 third) = _arguments;
        _arguments = default; // the body decides how long they live
        return body is Func<T1, T2, T3, ValueTask> call ? call(first, second, third) : TaskG.Checked(((Func<T1, T2, T3, Task>)body)(first, second, third));
    }
}
