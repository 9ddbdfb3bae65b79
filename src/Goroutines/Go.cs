using Goroutines.Runtime;

namespace Goroutines;

/// <summary>
/// Goroutines: cheap concurrent activities, scheduled by the library onto a few threads. The members act on the runtime of
/// the running goroutine; outside of one on the process-wide default, <see cref="GoRuntime.Default"/>.
/// </summary>
/// <remarks>
/// <para>All members are safe from any thread. The semantics are those of Go's <c>go</c> statement and <c>runtime</c> package.</para>
/// <para>Inside a goroutine an ordinary <see langword="await"/> of anything comes back to the same goroutine. After
/// <c>ConfigureAwait(false)</c> the code runs anywhere, the goroutine included, until the next ordinary await of a method that was
/// called inside of the goroutine.</para>
/// </remarks>
public static partial class Go
{
    /// <inheritdoc cref="GoRuntime.MaxProcs"/>
    public static int MaxProcs
    {
        get => GoRuntime.Current.MaxProcs;
        set => GoRuntime.Current.MaxProcs = value;
    }

    /// <inheritdoc cref="GoRuntime.Count"/>
    public static int Count => GoRuntime.Current.Count;

    /// <summary>The running goroutine's id; 0 outside of goroutines.</summary>
    public static long CurrentId => M.Current?.CurrentG?.Id ?? 0;

    /// <inheritdoc cref="GoRuntime.PanicHandler"/>
    public static Action<PanicInfo> PanicHandler
    {
        get => GoRuntime.Current.PanicHandler;
        set => GoRuntime.Current.PanicHandler = value;
    }

    /// <inheritdoc cref="GoRuntime.LeakHandler"/>
    public static Action<GoroutineInfo>? LeakHandler
    {
        get => GoRuntime.Current.LeakHandler;
        set => GoRuntime.Current.LeakHandler = value;
    }

    /// <summary>Gives way to the other goroutines that can run (runtime.Gosched).</summary>
    /// <returns>A task that ends when it is this goroutine's turn again; outside of goroutines as <see cref="Task.Yield"/>. Await it once.</returns>
    public static ValueTask Yield()
    {
        OperationHooks.Observe("yield", null);

        return M.Current is { HasP: true, CurrentG: { } g } ? g.YieldAsync() : Sleeper.YieldOutside();
    }

    /// <summary>Waits for an operation in synchronous code, and throws what it throws.</summary>
    /// <param name="operation">The operation.</param>
    /// <remarks>For synchronous code. A goroutine with a stack of its own parks; any other caller's thread blocks, inside a
    /// goroutine as a blocking region, so that others go on at the cost of that thread.</remarks>
    public static void Wait(ValueTask operation) => ThreadWait.Wait(operation);

    /// <inheritdoc cref="Wait(ValueTask)"/>
    /// <exception cref="ArgumentNullException"><paramref name="operation"/> is <see langword="null"/>.</exception>
    public static void Wait(Task operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        ThreadWait.Wait(new ValueTask(operation));
    }

    /// <summary>Waits for an operation in synchronous code, and throws what it throws.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="operation">The operation.</param>
    /// <returns>Its result.</returns>
    /// <remarks>For synchronous code. A goroutine with a stack of its own parks; any other caller's thread blocks, inside a
    /// goroutine as a blocking region, so that others go on at the cost of that thread.</remarks>
    public static T Wait<T>(ValueTask<T> operation) => ThreadWait.Wait(operation);

    /// <inheritdoc cref="Wait{T}(ValueTask{T})"/>
    /// <exception cref="ArgumentNullException"><paramref name="operation"/> is <see langword="null"/>.</exception>
    public static T Wait<T>(Task<T> operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return ThreadWait.Wait(new ValueTask<T>(operation));
    }

    /// <summary>Makes a call that may block its thread (Go's system calls): the P is free for other goroutines meanwhile.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="call">The call. What it throws is thrown here.</param>
    /// <returns>What it returns.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="call"/> is <see langword="null"/>.</exception>
    public static T Blocking<T>(Func<T> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        using (EnterBlocking())
        {
            return call();
        }
    }

    /// <inheritdoc cref="Blocking{T}(Func{T})"/>
    public static void Blocking(Action call)
    {
        ArgumentNullException.ThrowIfNull(call);
        using (EnterBlocking())
        {
            call();
        }
    }

    /// <summary>Begins a stretch of code that may block its thread: <c>using (Go.EnterBlocking()) { … }</c>.</summary>
    /// <returns>The region; dispose it where the stretch ends. Regions may be nested. Outside of goroutines it does nothing.</returns>
    /// <remarks>Cheap enough for calls that hardly ever block: the P is taken away only if the call lasts.</remarks>
    public static BlockingRegion EnterBlocking() => BlockingRegion.Enter();

    /// <inheritdoc cref="GoRuntime.ExpectExternal"/>
    public static ExternalWaker ExpectExternal() => GoRuntime.Current.ExpectExternal();

    /// <inheritdoc cref="GoRuntime.Dump"/>
    public static void Dump(TextWriter writer) => GoRuntime.Current.Dump(writer);

    /// <inheritdoc cref="GoRuntime.Snapshot"/>
    public static IReadOnlyList<GoroutineInfo> Snapshot() => GoRuntime.Current.Snapshot();
}
