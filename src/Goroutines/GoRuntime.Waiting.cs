using Goroutines.Runtime;

namespace Goroutines;

/// <summary>Operations of the running goroutine. A goroutine belongs to one runtime, so only <see cref="CurrentId"/> depends on
/// the instance that it is called on.</summary>
public sealed partial class GoRuntime
{
    /// <summary>Gets the id of the running goroutine; 0 outside of this runtime's goroutines.</summary>
    public long CurrentId => M.Current?.CurrentG is { } g && ReferenceEquals(g.Scheduler, Scheduler) ? g.Id : 0;

#pragma warning disable CA1822 // everything that Go has is also here
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
