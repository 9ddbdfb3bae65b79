using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>The entry point of a program.</summary>
public sealed partial class GoRuntime
{
    /// <summary>Runs <paramref name="body"/> as the main goroutine and blocks the calling thread until it ends. Other goroutines continue after that.</summary>
    /// <param name="body">The body. An exception that escapes it is rethrown here.</param>
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

    /// <summary>Runs a synchronous body, on a stack of its own, as the main goroutine and blocks the calling thread until it ends. Other goroutines continue after that.</summary>
    /// <param name="body">The body. An exception that escapes it is rethrown here.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">Called inside a goroutine, or the system refused a thread.</exception>
    /// <exception cref="DeadlockException">Every goroutine is asleep and nothing can wake one. The goroutines stay parked.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    public void Main(Action body)
    {
        ThrowIfInside();
        ((Goroutine)Scheduler.WaitForMain(StartMain(body))).Join();
    }

    /// <summary>Runs <paramref name="body"/> as the main goroutine and blocks the calling thread until it ends. Other goroutines continue after that.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="body">The body. An exception that escapes it is rethrown here.</param>
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

    /// <summary>Runs a synchronous body, on a stack of its own, as the main goroutine and blocks the calling thread until it ends. Other goroutines continue after that.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="body">The body. An exception that escapes it is rethrown here.</param>
    /// <returns>The body's result.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">Called inside a goroutine, or the system refused a thread.</exception>
    /// <exception cref="DeadlockException">Every goroutine is asleep and nothing can wake one. The goroutines stay parked.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    public T Main<T>(Func<T> body)
    {
        ThrowIfInside();
        return ((Goroutine<T>)Scheduler.WaitForMain(StartMain(body))).Join();
    }

    /// <summary>Declares that something other than a goroutine may wake a goroutine of this runtime. Until the returned value is
    /// disposed, no deadlock is reported.</summary>
    /// <returns>The declaration. Dispose it when no wake-up from outside is expected any more.</returns>
    /// <remarks>This is rarely needed: the runtime already knows that whatever in the process refers to what a goroutine waits for
    /// can wake it. See <see cref="ExternalWaker"/>.</remarks>
    public ExternalWaker ExpectExternal() => new(Scheduler);

    private static void ThrowIfInside()
    {
        if (M.Current is { CurrentG: { } g })
        {
            throw new InvalidOperationException($"Main was called inside goroutine {g.Id}: it blocks its thread. Use Run and await the handle.");
        }
    }

    // Not inlined, here and in the scheduler: while the caller sleeps, no slot of its frames may lead to the goroutine, or
    // no deadlock could be proved. An unoptimized frame keeps everything it ever held.
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
