using Goroutines.Runtime;

namespace Goroutines;

/// <summary>What a running goroutine asks for. A goroutine belongs to its own runtime, so of these members only
/// <see cref="CurrentId"/> depends on which runtime is asked.</summary>
public sealed partial class GoRuntime
{
    /// <summary>The running goroutine's id; 0 outside of this runtime's goroutines.</summary>
    public long CurrentId => M.Current?.CurrentG is { } g && ReferenceEquals(g.Scheduler, Scheduler) ? g.Id : 0;

#pragma warning disable CA1822 // everything that Go has is here, too
    /// <inheritdoc cref="Go.Yield"/>
    public ValueTask Yield() => Go.Yield();

    /// <inheritdoc cref="Go.Wait(ValueTask)"/>
    public void Wait(ValueTask operation) => Go.Wait(operation);

    /// <inheritdoc cref="Go.Wait(Task)"/>
    public void Wait(Task operation) => Go.Wait(operation);

    /// <inheritdoc cref="Go.Wait{T}(ValueTask{T})"/>
    public T Wait<T>(ValueTask<T> operation) => Go.Wait(operation);

    /// <inheritdoc cref="Go.Wait{T}(Task{T})"/>
    public T Wait<T>(Task<T> operation) => Go.Wait(operation);

    /// <inheritdoc cref="Go.Blocking{T}(Func{T})"/>
    public T Blocking<T>(Func<T> call) => Go.Blocking(call);

    /// <inheritdoc cref="Go.Blocking(Action)"/>
    public void Blocking(Action call) => Go.Blocking(call);

    /// <inheritdoc cref="Go.EnterBlocking"/>
    public BlockingRegion EnterBlocking() => Go.EnterBlocking();
#pragma warning restore CA1822
}
