namespace Goroutines.Runtime;

/// <summary>The common part of goroutines whose body gives no result.</summary>
internal abstract class ActionG(Scheduler scheduler, long id, string? file, int line) : G(scheduler, id, file, line), IActionG
{
    private IOutcome? _outcome;
    private Exception? _failure;

    G IActionG.Goroutine => this;

    /// <summary>Makes the handle that owns the outcome.</summary>
    public Goroutine MakeHandle()
    {
        Goroutine handle = new(this);
        _outcome = handle;
        return handle;
    }

    /// <summary>Says who owns the outcome; nobody: a failure is a panic.</summary>
    public void DeliverTo(IOutcome outcome) => _outcome = outcome;

    private protected abstract ValueTask Call();

    private protected sealed override Task? Invoke()
    {
        try
        {
            ValueTask body = Call();
            if (body.IsCompletedSuccessfully)
            {
                body.GetAwaiter().GetResult();
                return null;
            }

            return AsTask(body);
        }
        catch (Exception exception)
        {
            _failure = exception;
            return null;
        }
    }

    private protected sealed override void TakeOutcome(Task body) => _failure = FailureOf(body);

    private protected sealed override void SetFailure(Exception failure) => _failure = failure;

    private protected sealed override void ReportFailure() => ReportFailure(_failure, _outcome);

    private protected sealed override void Deliver() => _outcome?.Complete(this, _failure);
}

/// <summary>A goroutine over <c>Func&lt;ValueTask&gt;</c>.</summary>
internal sealed class ValueTaskG(Scheduler scheduler, long id, Func<ValueTask> body, string? file, int line) : ActionG(scheduler, id, file, line)
{
    internal override Delegate Body => body;

    private protected override ValueTask Call() => body();
}

/// <summary>A goroutine over <c>Func&lt;Task&gt;</c>.</summary>
internal sealed class TaskG(Scheduler scheduler, long id, Func<Task> body, string? file, int line) : ActionG(scheduler, id, file, line)
{
    internal override Delegate Body => body;

    /// <summary>The task that a body has returned.</summary>
    internal static ValueTask Checked(Task? task) => new(task ?? throw new InvalidOperationException("The goroutine's body returned null instead of a Task."));

    private protected override ValueTask Call() => Checked(body());
}

/// <summary>A goroutine with a result.</summary>
internal sealed class ResultG<T> : G, IResultG<T>
{
    private readonly Delegate _body;
    private readonly Delegate _named;
    private T _result = default!;
    private Exception? _failure;

    /// <param name="scheduler">The scheduler.</param>
    /// <param name="id">The goroutine's id.</param>
    /// <param name="body">A <c>Func&lt;ValueTask&lt;T&gt;&gt;</c> or a <c>Func&lt;Task&lt;T&gt;&gt;</c>.</param>
    /// <param name="file">Where it is created.</param>
    /// <param name="line">Where it is created.</param>
    /// <param name="named">What names the goroutine in dumps, if it is not the body: what the user gave, without its arguments.</param>
    internal ResultG(Scheduler scheduler, long id, Delegate body, string? file, int line, Delegate? named = null)
        : base(scheduler, id, file, line)
    {
        _body = body;
        _named = named ?? body;
        Handle = new Goroutine<T>(this);
    }

    G IResultG<T>.Goroutine => this;

    public Goroutine<T> Handle { get; }

    /// <summary>Who gets the outcome beside the handle.</summary>
    public IOutcome? Also { get; set; }

    internal override Delegate Body => _named;

    private protected override Task? Invoke()
    {
        try
        {
            ValueTask<T> body = _body is Func<ValueTask<T>> call
                ? call()
                : new ValueTask<T>(((Func<Task<T>>)_body)() ?? throw new InvalidOperationException("The goroutine's body returned null instead of a Task."));
            if (body.IsCompletedSuccessfully)
            {
                _result = body.Result;
                return null;
            }

            M m = M.Current!;
            m.AdoptsRoot = true;
            try
            {
                return body.AsTask();
            }
            finally
            {
                m.AdoptsRoot = false;
            }
        }
        catch (Exception exception)
        {
            _failure = exception;
            return null;
        }
    }

    private protected override void SetFailure(Exception failure) => _failure = failure;

    private protected override void TakeOutcome(Task body)
    {
        _failure = FailureOf(body);
        if (_failure is null)
        {
            _result = ((Task<T>)body).Result;
        }
    }

    private protected override void ReportFailure()
    {
        if (_failure is not null)
        {
            Also?.Failing(this, _failure);
        }
    }

    private protected override void Deliver()
    {
        Handle.Complete(_result, _failure, seen: Also is not null);
        Also?.Complete(this, _failure);
    }
}

internal abstract partial class G
{
    /// <summary>The body's task. An operation of our own that it returned as it is still goes on in this goroutine.</summary>
    private protected static Task AsTask(ValueTask body)
    {
        M m = M.Current!;
        m.AdoptsRoot = true;
        try
        {
            return body.AsTask();
        }
        finally
        {
            m.AdoptsRoot = false;
        }
    }

    private protected static Exception? FailureOf(Task body)
    {
        if (body.IsCompletedSuccessfully)
        {
            return null;
        }

        if (body.Exception is { } aggregate)
        {
            // As an await would: the first one, unless the body itself threw an aggregate.
            return aggregate.InnerExceptions.Count == 1 ? aggregate.InnerException : aggregate.InnerExceptions[0];
        }

        try
        {
            body.GetAwaiter().GetResult();
            return null;
        }
        catch (OperationCanceledException cancelled)
        {
            return cancelled;
        }
    }
}
