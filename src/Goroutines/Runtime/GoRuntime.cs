using Goroutines.Runtime;

namespace Goroutines;

/// <summary>
/// A scheduler with its own workers and goroutines, isolated from other runtimes. Tests and hosts create their own;
/// programs use the process-wide <see cref="Default"/> through <see cref="Go"/>.
/// </summary>
/// <remarks>
/// All members are safe to call from any thread. Threads start with the first goroutine and are background threads.
/// Channels belong to no runtime: goroutines of several runtimes may share them.
/// </remarks>
public sealed partial class GoRuntime : IAsyncDisposable
{
    private static readonly Lazy<GoRuntime> s_default = new(static () => new GoRuntime());

    /// <summary>Creates a runtime.</summary>
    /// <param name="options">Its settings, or <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public GoRuntime(GoRuntimeOptions? options = null)
        => Scheduler = new Scheduler(this, (options ?? new GoRuntimeOptions()).Validated(), Reports());

    /// <summary>Gets the process-wide runtime.</summary>
    public static GoRuntime Default => s_default.Value;

    /// <summary>Gets the runtime of the running goroutine or, outside a goroutine, <see cref="Default"/>.</summary>
    public static GoRuntime Current => M.Current is { CurrentG: not null } m ? m.Scheduler.Runtime : Default;

    /// <summary>Gets the runtime's name.</summary>
    public string Name => Scheduler.Name;

    /// <summary>Gets or sets how many goroutines run at once (GOMAXPROCS). It may be changed at any time; nothing is stopped
    /// or lost. A lower value takes effect as running goroutines park, return or yield.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1 or more than 1024.</exception>
    public int MaxProcs
    {
        get => Scheduler.MaxProcs;
        set
        {
            if (value is < 1 or > Goroutines.Runtime.Scheduler.MaxProcsLimit)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, $"MaxProcs must be from 1 to {Goroutines.Runtime.Scheduler.MaxProcsLimit}.");
            }

            Scheduler.MaxProcs = value;
        }
    }

    /// <summary>Gets how many goroutines exist (runtime.NumGoroutine). A goroutine that has been joined is no longer counted, nor
    /// is one that was garbage collected while it was parked. The first call after a collection examines every parked
    /// goroutine.</summary>
    public int Count => (int)Scheduler.Count;

    /// <summary>Gets or sets the handler that is called with an exception that escapes a goroutine nobody joins. An exception from the
    /// handler itself is reported and ignored.</summary>
    /// <exception cref="ArgumentNullException">Set to <see langword="null"/>.</exception>
    public Action<PanicInfo> PanicHandler
    {
        get => Scheduler.Panics.Handler;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Scheduler.Panics.Handler = value;
        }
    }

    /// <summary>Gets or sets the handler that is called with each goroutine that was garbage collected while it was parked. Nothing was left that could have
    /// woken such a goroutine, so it was a leak (Go's <c>goroutineleak</c> profile). If it is <see langword="null"/>, the default, leaks are not reported.
    /// The goroutine's <see langword="finally"/> blocks have not run.</summary>
    /// <remarks>The handler is called on the thread pool, some time after the collection. An exception from the handler is reported and ignored. The handler
    /// also hears of goroutines that are already parked when it is set, but not of those collected before. While it is set, each goroutine that parks costs
    /// one more finalizable object.</remarks>
    public Action<GoroutineInfo>? LeakHandler
    {
        get => Scheduler.CollectedHandler;
        set => Scheduler.CollectedHandler = value;
    }

    internal Scheduler Scheduler { get; }

    /// <summary>Returns what every goroutine is doing. Goroutines keep running while the snapshot is taken.</summary>
    /// <returns>The goroutines, ordered by id.</returns>
    public IReadOnlyList<GoroutineInfo> Snapshot() => Scheduler.Reports.Describe(Scheduler);

    /// <summary>Writes every goroutine in the form of a Go traceback.</summary>
    /// <param name="writer">The writer to write to.</param>
    /// <exception cref="ArgumentNullException"><paramref name="writer"/> is <see langword="null"/>.</exception>
    public void Dump(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Scheduler.Reports.Format(Scheduler.Goroutines(), Scheduler));
    }

    /// <summary>Stops accepting goroutines (spawning throws <see cref="ObjectDisposedException"/>), waits until the existing
    /// ones have ended, and ends the workers.</summary>
    /// <param name="cancellationToken">Ends the wait. The workers are then stopped at once, as by <see cref="DisposeAsync"/>.</param>
    /// <returns>The number of goroutines that were left: 0, or more if the wait was cancelled or the runtime was disposed
    /// meanwhile. Cancellation does not throw.</returns>
    /// <remarks>A goroutine that is garbage collected, because nothing can wake it any more, is not waited for.</remarks>
    /// <exception cref="InvalidOperationException">Called inside a goroutine of this runtime, so that it would wait for itself.</exception>
    public ValueTask<int> StopAsync(CancellationToken cancellationToken = default)
    {
        Scheduler.ThrowIfInside(nameof(StopAsync));
        return DrainAndStop(cancellationToken);
    }

    /// <summary>Stops the workers, each when the goroutine that it runs parks, yields or returns. Unwinds synchronous bodies. Waits for
    /// all that for at most one second; when called inside a goroutine of the runtime, it does not wait.</summary>
    /// <returns>A task that completes when the workers have ended.</returns>
    /// <remarks>
    /// <para>The goroutines that are left are abandoned. A parked one is never run again: its <c>finally</c> blocks and <c>using</c>
    /// declarations do not run, so it keeps the locks that it holds. It leaves the queues in which it waits, so that other waiters
    /// there, in other runtimes or outside, are served as if it had never come. A synchronous body is unwound instead: the operation
    /// in which it waits throws <see cref="ObjectDisposedException"/>. So do the synchronous forms in an asynchronous body.</para>
    /// <para>A wait for an abandoned goroutine (<see cref="Main(Func{ValueTask})"/>, a join, a scope, an <see cref="ErrGroup"/>, a
    /// <see cref="Once"/> or a <see cref="SingleFlight{TKey, TResult}"/> that it was to serve) throws an
    /// <see cref="ObjectDisposedException"/>. Contexts, timers and tickers that were created in the runtime continue, by its clock.
    /// Sleeps of other callers in it throw.</para>
    /// </remarks>
    public async ValueTask DisposeAsync()
    {
        Task workers = Scheduler.StopWorkersAsync();
        if (M.Current is not { } m || !ReferenceEquals(m.Scheduler, Scheduler))
        {
#pragma warning disable RS0030 // a bound in real time on real threads
            await Task.WhenAny(workers, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System)).ConfigureAwait(false);
#pragma warning restore RS0030
        }
    }

    private static partial IRuntimeReports Reports();

    private async ValueTask<int> DrainAndStop(CancellationToken cancellationToken)
    {
        int left = await Scheduler.DrainAsync(cancellationToken).ConfigureAwait(false);
        _ = Scheduler.StopWorkersAsync();
        return left;
    }
}
