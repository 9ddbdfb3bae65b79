using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>A handle to a running goroutine, to wait for its end.</summary>
/// <remarks>
/// Safe from any goroutine, task or thread, as often as you like. The handle owns the exception that leaves the body: each
/// join throws it. If nobody ever joins, it goes to the panic handler when the handle is garbage collected, so that no
/// failure is lost.
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

    /// <summary>The goroutine's id, unique in its runtime.</summary>
    public long Id { get; }

    /// <summary>Whether the goroutine has ended.</summary>
    public bool IsCompleted => _joiners.IsCompleted;

    /// <summary>Waits until the goroutine has ended.</summary>
    /// <param name="cancellationToken">Ends the wait, not the goroutine.</param>
    /// <returns>A task that ends with the goroutine, and throws what left its body. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the goroutine goes on.</exception>
    public ValueTask JoinAsync(CancellationToken cancellationToken = default)
        => OperationHooks.BeforeOperation("join", this) ? OperationHooks.Defer(this, cancellationToken, static (goroutine, token) => goroutine.JoinAsync(token)) : _joiners.JoinVoidAsync(cancellationToken);

    /// <summary>Waits until the goroutine has ended, and throws what left its body.</summary>
    /// <remarks>For synchronous code. A goroutine with a stack of its own parks; any other caller's thread blocks, inside a
    /// goroutine as a blocking region, so that others go on at the cost of that thread.</remarks>
    public void Join() => ThreadWait.Synchronously.Wait(JoinAsync());

    /// <summary>The goroutine's end as a task, for <see cref="Task.WhenAll(IEnumerable{Task})"/>, <see cref="Task.WhenAny(Task, Task)"/>,
    /// <see cref="Task.WaitAsync(TimeSpan)"/> and everything else that takes one.</summary>
    /// <returns>A task that ends with the goroutine; the same one at every call. What left the body is its exception, and
    /// belongs to the task from now on: if nothing looks at it, it is reported as
    /// <see cref="TaskScheduler.UnobservedTaskException"/>.</returns>
    public Task AsTask() => Volatile.Read(ref _task) ?? Interlocked.CompareExchange(ref _task, _joiners.JoinVoidAsync(CancellationToken.None).AsTask(), null) ?? _task;

    /// <summary>Makes the handle itself awaitable, as <see cref="JoinAsync"/>.</summary>
    /// <returns>The awaiter.</returns>
#pragma warning disable CA2012 // the awaiter is consumed once, by the await it is made for
    public ValueTaskAwaiter GetAwaiter() => JoinAsync().GetAwaiter();
#pragma warning restore CA2012

    /// <summary>What is signalled when the goroutine has ended. Made on first use.</summary>
    internal EndSignal Ended(Func<EndSignal> make) => _joiners.Ended(make);

    /// <summary>Of a goroutine that has ended: throws what left its body.</summary>
    internal void TakeOutcome() => _joiners.TakeResult();

    internal void OnEnd(Action action) => _joiners.OnEnd(action);

    /// <summary>What gets the outcome beside this handle, and after it.</summary>
    internal IOutcomeOwner? SecondOwner { private get; set; }

    object? IOutcomeOwner.Group => SecondOwner?.Group;

    void IOutcomeOwner.OnFailing(G goroutine, Exception failure) => SecondOwner?.OnFailing(goroutine, failure); // without one, it is for those who join

    void IOutcomeOwner.OnCompleted(G goroutine, Exception? failure)
    {
        IOutcomeOwner? second = SecondOwner;
        SecondOwner = null; // the handle may live for long
        _joiners.Complete(true, failure, seen: second is not null);
        second?.OnCompleted(goroutine, failure);
    }
}
