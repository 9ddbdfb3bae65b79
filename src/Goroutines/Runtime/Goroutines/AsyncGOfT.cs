namespace Goroutines.Runtime;

/// <summary>A goroutine that runs an asynchronous body with a result.</summary>
internal sealed class AsyncG<T> : AsyncG, IResultG<T>
{
    private readonly Delegate _body;
    private readonly Delegate _named;

    /// <param name="scheduler">The scheduler.</param>
    /// <param name="id">The goroutine's id.</param>
    /// <param name="body">A <c>Func&lt;ValueTask&lt;T&gt;&gt;</c> or a <c>Func&lt;Task&lt;T&gt;&gt;</c>.</param>
    /// <param name="file">Where it is created.</param>
    /// <param name="line">Where it is created.</param>
    /// <param name="named">What names the goroutine in dumps if it is not the body: the delegate that the user passed, without its
    /// arguments.</param>
    internal AsyncG(Scheduler scheduler, long id, Delegate body, string? file, int line, Delegate? named = null)
        : base(scheduler, id, file, line)
    {
        _body = body;
        _named = named ?? body;
        Handle = new Goroutine<T>(this);
        Owner = Handle;
    }

    G IResultG<T>.Goroutine => this;

    public Goroutine<T> Handle { get; }

    internal override Delegate Body => _named;

    private protected override Task? Invoke()
    {
        ValueTask<T> body = _body is Func<ValueTask<T>> call ? call() : new ValueTask<T>(Checked(((Func<Task<T>>)_body)()));
        if (body.IsCompletedSuccessfully)
        {
            Handle.SetResult(body.Result);
            return null;
        }

        M m = M.Current!;
        m.AdoptsRoot = true; // as in TaskOf
        try
        {
            return body.AsTask();
        }
        finally
        {
            m.AdoptsRoot = false;
        }
    }

    private protected override Exception? TakeOutcome(Task body)
    {
        Exception? failure = base.TakeOutcome(body);
        if (failure is null)
        {
            Handle.SetResult(((Task<T>)body).Result);
        }

        return failure;
    }
}
