using Goroutines.Runtime;

namespace Goroutines;

/// <summary>
/// Starts and controls goroutines: cheap concurrent activities that the library schedules onto a few threads. The members
/// act on the runtime of the running goroutine or, outside of goroutines, on the process-wide <see cref="GoRuntime.Default"/>.
/// </summary>
/// <remarks>
/// <para>All members are thread-safe. The semantics are those of Go's <c>go</c> statement and <c>runtime</c> package.</para>
/// <para>Inside a goroutine, an ordinary <see langword="await"/> of anything resumes in the same goroutine. After
/// <c>ConfigureAwait(false)</c>, the code may run anywhere, including in the goroutine, until the next ordinary await of a method
/// that was called inside the goroutine.</para>
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

    /// <summary>Gets the id of the running goroutine; 0 outside of goroutines.</summary>
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

    /// <summary>Yields to the other goroutines that can run (runtime.Gosched).</summary>
    /// <returns>A task that completes when this goroutine is scheduled again. Outside of goroutines, it behaves as <see cref="Task.Yield"/>.
    /// Await it once.</returns>
    public static ValueTask Yield()
    {
        OperationHooks.Observe("yield", null);

        return M.Current is { HasP: true, CurrentG: { } g } ? g.YieldAsync() : Sleeper.YieldOutside();
    }

    /// <summary>Waits for an operation in synchronous code, and rethrows its exception if it fails.</summary>
    /// <param name="operation">The operation.</param>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine, the
    /// wait is a blocking region, so other goroutines keep running at the cost of that thread.</remarks>
    public static void Wait(ValueTask operation) => ThreadWait.Wait(operation);

    /// <inheritdoc cref="Wait(ValueTask)"/>
    /// <exception cref="ArgumentNullException"><paramref name="operation"/> is <see langword="null"/>.</exception>
    public static void Wait(Task operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        ThreadWait.Wait(new ValueTask(operation));
    }

    /// <summary>Waits for an operation in synchronous code, and rethrows its exception if it fails.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="operation">The operation.</param>
    /// <returns>The operation's result.</returns>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine, the
    /// wait is a blocking region, so other goroutines keep running at the cost of that thread.</remarks>
    public static T Wait<T>(ValueTask<T> operation) => ThreadWait.Wait(operation);

    /// <inheritdoc cref="Wait{T}(ValueTask{T})"/>
    /// <exception cref="ArgumentNullException"><paramref name="operation"/> is <see langword="null"/>.</exception>
    public static T Wait<T>(Task<T> operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return ThreadWait.Wait(new ValueTask<T>(operation));
    }

    /// <summary>Makes a call that may block its thread (as Go's system calls may). Meanwhile, other goroutines can use the P.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="call">The call. Its exceptions pass through to the caller.</param>
    /// <returns>The result of the call.</returns>
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

    /// <summary>Begins a region of code that may block its thread: <c>using (Go.EnterBlocking()) { … }</c>.</summary>
    /// <returns>The region. Dispose it at its end. Regions may be nested. Outside of goroutines, a region does nothing.</returns>
    /// <remarks>A region is cheap enough for calls that rarely block: the P is taken away only if the call takes long.</remarks>
    public static BlockingRegion EnterBlocking() => BlockingRegion.Enter();

    /// <inheritdoc cref="GoRuntime.ExpectExternal"/>
    public static ExternalWaker ExpectExternal() => GoRuntime.Current.ExpectExternal();

    /// <inheritdoc cref="GoRuntime.Dump"/>
    public static void Dump(TextWriter writer) => GoRuntime.Current.Dump(writer);

    /// <inheritdoc cref="GoRuntime.Snapshot"/>
    public static IReadOnlyList<GoroutineInfo> Snapshot() => GoRuntime.Current.Snapshot();
}
