using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>A goroutine whose body is asynchronous: it has no stack of its own, and runs in turns on the workers.</summary>
/// <remarks>There is one subclass for each kind of body. Only <c>Scheduler.NewGoroutine</c> and <c>NewResult</c> create them.</remarks>
internal abstract class AsyncG : G
{
    private static readonly Action<object?> s_start = static state => Unsafe.As<AsyncG>(M.Current!.CurrentG!).Start((ExecutionContext?)state);

    private protected AsyncG(Scheduler scheduler, long id, string? file, int line)
        : base(scheduler, id, file, line) => BeginWith(s_start);

    /// <summary>Calls the body.</summary>
    /// <returns>The task that ends with the body; or null if the body has ended. In that case the subclass keeps its result, if any.</returns>
    private protected abstract Task? Invoke();

    /// <summary>Returns what <see cref="Invoke"/> returns for a body without a result.</summary>
    private protected static Task? TaskOf(ValueTask body)
    {
        if (body.IsCompletedSuccessfully)
        {
            body.GetAwaiter().GetResult();
            return null;
        }

        M m = M.Current!;
        m.AdoptsRoot = true; // one of our own operations that the body returned as it is still continues in this goroutine
        try
        {
            return body.AsTask();
        }
        finally
        {
            m.AdoptsRoot = false;
        }
    }

    /// <summary>Checks the task that a body has returned.</summary>
    private protected static TTask Checked<TTask>(TTask? task)
        where TTask : Task
        => task ?? throw new InvalidOperationException("The goroutine's body returned null instead of a Task.");

    private void Start(ExecutionContext? context)
    {
        Debug.Assert(!IsStackful, "A goroutine with a stack of its own was started as one without.");
        if (context is null)
        {
            Start();
        }
        else
        {
            ExecutionContext.Run(context, static self => ((AsyncG)self!).Start(), this);
        }
    }

    private void Start()
    {
        M m = M.Current!;
        Task? body = null;
        Exception? failure = null;
        try
        {
            body = Invoke();
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        if (body is not null)
        {
            SetBodyTask(body);
            return;
        }

        if (m.IsInBlockingRegion)
        {
            m.ExitBlocking(); // the body left it open
        }

        End(m, failure);
    }
}
