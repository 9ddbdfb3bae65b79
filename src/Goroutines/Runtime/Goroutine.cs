using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>A handle to a goroutine, used to wait for its end.</summary>
/// <remarks>
/// The handle may be used from any goroutine, task or thread, any number of times. It owns the exception that escapes the
/// body, and each join throws that exception. If nothing ever joins, the exception goes to the panic handler when the
/// handle is garbage collected, so that no failure is lost.
/// </remarks>
[DebuggerDisplay("goroutine {Id}")]
public sealed class Goroutine : IOutcomeOwner
{
    private readonly Joiners<bool> _joiners;
    private Task? _task;

    internal Goroutine(G goroutine)
    {
        Id = goroutine.Id;
        _joiners = new Joiners<bool>(goroutine);
    }

    /// <summary>Gets the goroutine's id, which is unique in its runtime.</summary>
    public long Id { get; }

    /// <summary>Gets whether the goroutine has ended.</summary>
    public bool IsCompleted => _joiners.IsCompleted;

    /// <summary>Waits until the goroutine has ended.</summary>
    /// <param name="cancellationToken">Ends the wait, not the goroutine.</param>
    /// <returns>A task that completes when the goroutine ends, and throws the exception that escaped its body. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the goroutine goes on.</exception>
    public ValueTask JoinAsync(CancellationToken cancellationToken = default)
        => OperationHooks.BeforeOperation("join", this) ? OperationHooks.Defer(this, cancellationToken, static (goroutine, token) => goroutine.JoinAsync(token)) : _joiners.JoinVoidAsync(cancellationToken);

    /// <summary>Waits until the goroutine has ended, and throws the exception that escaped its body.</summary>
    /// <remarks>For synchronous code. A goroutine with a stack of its own parks. Any other caller blocks its thread; inside
    /// a goroutine that is a blocking region, so other goroutines continue at the cost of that thread.</remarks>
    public void Join() => ThreadWait.Synchronously.Wait(JoinAsync());

    /// <summary>Returns the goroutine's end as a task, for <see cref="Task.WhenAll(IEnumerable{Task})"/>,
    /// <see cref="Task.WhenAny(Task, Task)"/>, <see cref="Task.WaitAsync(TimeSpan)"/> and everything else that takes one.</summary>
    /// <returns>A task that completes when the goroutine ends; the same one at every call. The exception that escaped the body is the
    /// task's exception and from now on belongs to the task: if nothing observes it, it is reported as
    /// <see cref="TaskScheduler.UnobservedTaskException"/>.</returns>
    public Task AsTask() => Volatile.Read(ref _task) ?? Interlocked.CompareExchange(ref _task, _joiners.JoinVoidAsync(CancellationToken.None).AsTask(), null) ?? _task;

    /// <summary>Makes the handle itself awaitable, like <see cref="JoinAsync"/>.</summary>
    /// <returns>The awaiter.</returns>
#pragma warning disable CA2012 // the awaiter is consumed once, by the await it is made for
    public ValueTaskAwaiter GetAwaiter() => JoinAsync().GetAwaiter();
#pragma warning restore CA2012

    /// <summary>Returns the signal that is set when the goroutine has ended. It is created on first use.</summary>
    internal EndSignal Ended(Func<EndSignal> make) => _joiners.Ended(make);

    /// <summary>Throws the exception that escaped the body, if any. The goroutine must have ended.</summary>
    internal void TakeOutcome() => _joiners.TakeResult();

    internal void OnEnd(Action action) => _joiners.OnEnd(action);

    /// <summary>A second owner of the outcome, which gets it after this handle does.</summary>
    internal IOutcomeOwner? SecondOwner { private get; set; }

    object? IOutcomeOwner.Group => SecondOwner?.Group;

    void IOutcomeOwner.OnFailing(G goroutine, Exception failure) => SecondOwner?.OnFailing(goroutine, failure); // without one, the failure is for the joiners

    void IOutcomeOwner.OnCompleted(G goroutine, Exception? failure)
    {
        IOutcomeOwner? second = SecondOwner;
        SecondOwner = null; // the handle may live for a long time
        _joiners.Complete(true, failure, seen: second is not null);
        second?.OnCompleted(goroutine, failure);
    }
}
