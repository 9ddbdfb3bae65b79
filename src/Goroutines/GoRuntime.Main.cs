using System.Runtime.CompilerServices;
using Goroutines.Scheduler;

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
        RunMain(Scheduler.NewGoroutine(body, null, 0));
    }

    /// <inheritdoc cref="Main(Func{ValueTask})"/>
    public void Main(Func<Task> body)
    {
        ThrowIfInside();
        RunMain(Scheduler.NewGoroutine(body, null, 0));
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
        RunMain(Scheduler.NewGoroutine(body, null, 0));
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
        return RunMain(Scheduler.NewResult(body, null, 0));
    }

    /// <inheritdoc cref="Main{T}(Func{ValueTask{T}})"/>
    public T Main<T>(Func<Task<T>> body)
    {
        ThrowIfInside();
        return RunMain(Scheduler.NewResult(body, null, 0));
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
        return RunMain(Scheduler.NewResult(body, null, 0));
    }

    private static void ThrowIfInside()
    {
        if (M.Current is { CurrentG: { } g })
        {
            throw new InvalidOperationException($"Main was called inside goroutine {g.Id}: it blocks its thread. Use Run and await the handle.");
        }
    }

    private void RunMain(IActionG main)
    {
        Goroutine handle = main.MakeHandle();
        Scheduler.RunMain(main.Goroutine, handle.OnEnd);
        handle.Join();
    }

    private T RunMain<T>(IResultG<T> main)
    {
        Scheduler.RunMain(main.Goroutine, main.Handle.OnEnd);
        return main.Handle.Join();
    }
}
