using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>A handle to a goroutine that returns a result.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
/// <remarks><inheritdoc cref="Goroutine" path="/remarks"/></remarks>
[DebuggerDisplay("goroutine {Id}")]
public sealed class Goroutine<T> : IOutcomeOwner
{
    private readonly Joiners<T> _joiners;
    private Task<T>? _task;

    /// <summary>Holds the body's result between the end of the body and the end of the goroutine.</summary>
    private T _result = default!;

    internal Goroutine(G goroutine)
    {
        Id = goroutine.Id;
        _joiners = new Joiners<T>(goroutine);
    }

    /// <summary>The goroutine's id, unique in its runtime.</summary>
    public long Id { get; }

    /// <summary>Gets whether the goroutine has ended.</summary>
    public bool IsCompleted => _joiners.IsCompleted;

    /// <summary>Waits until the goroutine has ended.</summary>
    /// <param name="cancellationToken">Ends the wait, not the goroutine.</param>
    /// <returns>A task with the result, which throws the exception that escaped the body. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the goroutine goes on.</exception>
    public ValueTask<T> JoinAsync(CancellationToken cancellationToken = default)
        => OperationHooks.BeforeOperation("join", this) ? OperationHooks.Defer(this, cancellationToken, static (goroutine, token) => goroutine.JoinAsync(token)) : _joiners.JoinAsync(cancellationToken);

    /// <summary>Waits until the goroutine has ended.</summary>
    /// <returns>The result. Throws the exception that escaped the body.</returns>
    /// <remarks>For synchronous code. A goroutine with a stack of its own parks; any other caller's thread blocks, inside a
    /// goroutine as a blocking region, so that others go on at the cost of that thread.</remarks>
    public T Join() => ThreadWait.Synchronously.Wait(JoinAsync());

    /// <summary>The goroutine's end as a task, for <see cref="Task.WhenAll(IEnumerable{Task})"/>, <see cref="Task.WhenAny(Task, Task)"/>,
    /// <see cref="Task.WaitAsync(TimeSpan)"/> and everything else that takes one.</summary>
    /// <returns>A task that completes with the goroutine's result when it ends; the same one at every call. The exception that escaped the
    /// body is the task's exception, and belongs to the task from now on: if nothing looks at it, it is reported as
    /// <see cref="TaskScheduler.UnobservedTaskException"/>.</returns>
    public Task<T> AsTask() => Volatile.Read(ref _task) ?? Interlocked.CompareExchange(ref _task, _joiners.JoinAsync(CancellationToken.None).AsTask(), null) ?? _task;

    /// <summary>Makes the handle itself awaitable, as <see cref="JoinAsync"/>.</summary>
    /// <returns>The awaiter.</returns>
#pragma warning disable CA2012 // the awaiter is consumed once, by the await it is made for
    public ValueTaskAwaiter<T> GetAwaiter() => JoinAsync().GetAwaiter();
#pragma warning restore CA2012

    /// <summary>What is signalled when the goroutine has ended. Made on first use.</summary>
    internal EndSignal Ended(Func<EndSignal> make) => _joiners.Ended(make);

    /// <summary>Returns the result, or throws the exception that escaped the body. The goroutine must have ended.</summary>
    internal T TakeOutcome() => _joiners.TakeResult();

    internal void OnEnd(Action action) => _joiners.OnEnd(action);

    /// <summary>Takes the result of the body, which has ended.</summary>
    internal void SetResult(T result) => _result = result;

    /// <summary>What gets the outcome beside this handle, and after it.</summary>
    internal IOutcomeOwner? SecondOwner { private get; set; }

    object? IOutcomeOwner.Group => SecondOwner?.Group;

    void IOutcomeOwner.OnFailing(G goroutine, Exception failure) => SecondOwner?.OnFailing(goroutine, failure); // without one, the failure is for the joiners

    void IOutcomeOwner.OnCompleted(G goroutine, Exception? failure)
    {
        IOutcomeOwner? second = SecondOwner;
        SecondOwner = null; // the handle may live for a long time
        _joiners.Complete(_result, failure, seen: second is not null);
        _result = default!;
        second?.OnCompleted(goroutine, failure);
    }
}
