using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>The program's entry.</summary>
public sealed partial class GoRuntime
{
    /// <summary>Runs <paramref name="body"/> as the main goroutine and blocks the calling thread until it ends. Other goroutines go on after that.</summary>
    /// <param name="body">The body; what it throws is rethrown here.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">Called inside a goroutine.</exception>
    /// <exception cref="DeadlockException">Every goroutine is asleep and nothing can wake one. The goroutines stay parked.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(1)]
    public void Main(Func<ValueTask> body)
    {
        ThrowIfInside();
        ((Goroutine)Scheduler.WaitForMain(StartMain(body))).Join();
    }

    /// <inheritdoc cref="Main(Func{ValueTask})"/>
    public void Main(Func<Task> body)
    {
        ThrowIfInside();
        ((Goroutine)Scheduler.WaitForMain(StartMain(body))).Join();
    }

    /// <summary>Runs a synchronous body, on a stack of its own, as the main goroutine and blocks the calling thread until it ends. Other goroutines go on after that.</summary>
    /// <param name="body">The body; what it throws is rethrown here.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">Called inside a goroutine; or the system refused a thread.</exception>
    /// <exception cref="DeadlockException">Every goroutine is asleep and nothing can wake one. The goroutines stay parked.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    public void Main(Action body)
    {
        ThrowIfInside();
        ((Goroutine)Scheduler.WaitForMain(StartMain(body))).Join();
    }

    /// <summary>Runs <paramref name="body"/> as the main goroutine and blocks the calling thread until it ends. Other goroutines go on after that.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="body">The body; what it throws is rethrown here.</param>
    /// <returns>The body's result.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">Called inside a goroutine.</exception>
    /// <exception cref="DeadlockException">Every goroutine is asleep and nothing can wake one. The goroutines stay parked.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(1)]
    public T Main<T>(Func<ValueTask<T>> body)
    {
        ThrowIfInside();
        return ((Goroutine<T>)Scheduler.WaitForMain(StartMain(body))).Join();
    }

    /// <inheritdoc cref="Main{T}(Func{ValueTask{T}})"/>
    public T Main<T>(Func<Task<T>> body)
    {
        ThrowIfInside();
        return ((Goroutine<T>)Scheduler.WaitForMain(StartMain(body))).Join();
    }

    /// <summary>Runs a synchronous body, on a stack of its own, as the main goroutine and blocks the calling thread until it ends. Other goroutines go on after that.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="body">The body; what it throws is rethrown here.</param>
    /// <returns>The body's result.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">Called inside a goroutine; or the system refused a thread.</exception>
    /// <exception cref="DeadlockException">Every goroutine is asleep and nothing can wake one. The goroutines stay parked.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    public T Main<T>(Func<T> body)
    {
        ThrowIfInside();
        return ((Goroutine<T>)Scheduler.WaitForMain(StartMain(body))).Join();
    }

    /// <summary>Says that something that is no goroutine may wake one of this runtime, until the returned value is disposed: no
    /// deadlock is reported meanwhile.</summary>
    /// <returns>The statement; dispose it when nothing outside is expected any more.</returns>
    /// <remarks>Hardly ever needed: whatever in the process refers to what a goroutine waits for is known to be able to wake it. See
    /// <see cref="ExternalWaker"/>.</remarks>
    public ExternalWaker ExpectExternal() => new(Scheduler);

    private static void ThrowIfInside()
    {
        if (M.Current is { CurrentG: { } g })
        {
            throw new InvalidOperationException($"Main was called inside goroutine {g.Id}: it blocks its thread. Use Run and await the handle.");
        }
    }

    // Not inlined, here and in the scheduler: while the caller sleeps, no slot of its frames may lead to the goroutine (an
    // unoptimized frame keeps what it ever held), or no deadlock could be proved.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private MainCall StartMain(Func<ValueTask> body) => StartMain(Scheduler.NewGoroutine(body, null, 0));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private MainCall StartMain(Func<Task> body) => StartMain(Scheduler.NewGoroutine(body, null, 0));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private MainCall StartMain(Action body) => StartMain(Scheduler.NewGoroutine(body, null, 0));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private MainCall StartMain<T>(Func<ValueTask<T>> body) => StartMainResult(Scheduler.NewResult(body, null, 0));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private MainCall StartMain<T>(Func<Task<T>> body) => StartMainResult(Scheduler.NewResult(body, null, 0));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private MainCall StartMain<T>(Func<T> body) => StartMainResult(Scheduler.NewResult(body, null, 0));

    private MainCall StartMain(G main)
    {
        Goroutine handle = main.MakeHandle();
        return Scheduler.StartMain(main, handle, handle.OnEnd);
    }

    private MainCall StartMainResult<T>(IResultG<T> main) => Scheduler.StartMain(main.Goroutine, main.Handle, main.Handle.OnEnd);
}
