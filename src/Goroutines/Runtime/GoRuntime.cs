using Goroutines.Runtime;

namespace Goroutines;

/// <summary>
/// A scheduler with its workers and goroutines, isolated from others: for tests and hosts. Programs use the process-wide
/// <see cref="Default"/> through <see cref="Go"/>.
/// </summary>
/// <remarks>
/// All members are safe from any thread. Threads start with the first goroutine and are background threads. Channels
/// belong to no runtime: goroutines of several may share them.
/// </remarks>
public sealed partial class GoRuntime : IAsyncDisposable
{
    private static readonly Lazy<GoRuntime> s_default = new(static () => new GoRuntime());

    /// <summary>Makes a runtime.</summary>
    /// <param name="options">Its settings; <see langword="null"/>: the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public GoRuntime(GoRuntimeOptions? options = null)
        => Scheduler = new Scheduler(this, (options ?? new GoRuntimeOptions()).Validated(), Reports());

    /// <summary>The process-wide runtime.</summary>
    public static GoRuntime Default => s_default.Value;

    /// <summary>The runtime of the running goroutine; outside of one, <see cref="Default"/>.</summary>
    public static GoRuntime Current => M.Current is { CurrentG: not null } m ? m.Scheduler.Runtime : Default;

    /// <summary>The runtime's name.</summary>
    public string Name => Scheduler.Name;

    /// <summary>How many goroutines run at once (GOMAXPROCS). May be changed at any time: nothing is stopped or lost; a lower
    /// value takes effect as running goroutines park, return or yield.</summary>
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

    /// <summary>How many goroutines exist (runtime.NumGoroutine). One that has been joined is counted no longer, and neither is one
    /// that was garbage collected while it was parked. The first call after a collection looks at every parked goroutine.</summary>
    public int Count => (int)Scheduler.Count;

    /// <summary>What is told of exceptions that leave a goroutine nobody joins. A handler that throws is reported and ignored.</summary>
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

    /// <summary>Called with each goroutine that was garbage collected while it was parked: nothing was left that could have woken it, so it was a leak (Go's
    /// <c>goroutineleak</c> profile). <see langword="null"/>, the default: nothing is told. Its <see langword="finally"/> blocks have not run.</summary>
    /// <remarks>The handler is called on the thread pool, some time after the collection. One that throws is reported and ignored. Goroutines that are
    /// parked when it is set are told of, too; what was collected before is not. While it is set, each goroutine that parks costs a
    /// finalizable object more.</remarks>
    public Action<GoroutineInfo>? LeakHandler
    {
        get => Scheduler.CollectedHandler;
        set => Scheduler.CollectedHandler = value;
    }

    internal Scheduler Scheduler { get; }

    /// <summary>What every goroutine is doing. A moment's picture: goroutines go on while it is taken.</summary>
    /// <returns>The goroutines, by id.</returns>
    public IReadOnlyList<GoroutineInfo> Snapshot() => Scheduler.Reports.Describe(Scheduler);

    /// <summary>Writes every goroutine in the form of a Go traceback.</summary>
    /// <param name="writer">Where to.</param>
    /// <exception cref="ArgumentNullException"><paramref name="writer"/> is <see langword="null"/>.</exception>
    public void Dump(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Scheduler.Reports.Format(Scheduler.Goroutines(), Scheduler));
    }

    /// <summary>Takes no more goroutines (spawning throws <see cref="ObjectDisposedException"/>), waits for those there are to
    /// end, and ends the workers.</summary>
    /// <param name="cancellationToken">Ends the wait: the workers are stopped at once, as by <see cref="DisposeAsync"/>.</param>
    /// <returns>How many goroutines were left: 0; or more, when the wait was cancelled or the runtime was disposed of meanwhile.
    /// Cancelled, it does not throw.</returns>
    /// <remarks>A goroutine that is garbage collected, because nothing can wake it any more, is not waited for.</remarks>
    /// <exception cref="InvalidOperationException">Called inside a goroutine of this runtime, which it would wait for.</exception>
    public ValueTask<int> StopAsync(CancellationToken cancellationToken = default)
    {
        Scheduler.ThrowIfInside(nameof(StopAsync));
        return DrainAndStop(cancellationToken);
    }

    /// <summary>Stops the workers, each when the goroutine that it runs parks, yields or returns, unwinds synchronous bodies, and waits
    /// for all that a second at most. Called inside a goroutine of the runtime, it does not wait.</summary>
    /// <returns>A task that ends when the workers have.</returns>
    /// <remarks>
    /// <para>The goroutines that are left are abandoned. One that is parked is never run again: its <c>finally</c> blocks and
    /// <c>using</c> declarations do not run, so it keeps the locks that it holds. It leaves the queues that it waits in, so that
    /// others who wait there, in other runtimes or outside, are served as if it had never come. A synchronous body is
    /// unwound instead: what it waits for throws <see cref="ObjectDisposedException"/>; so do the synchronous forms in an
    /// asynchronous body.</para>
    /// <para>A wait for an abandoned goroutine (<see cref="Main(Func{ValueTask})"/>, a join, a scope, an
    /// <see cref="ErrGroup"/>, a <see cref="Once"/> or a <see cref="SingleFlight{TKey, TResult}"/> that it was to serve) gets an
    /// <see cref="ObjectDisposedException"/>. Contexts, timers and tickers that were made in the runtime go on, by its clock; sleeps
    /// of others in it throw.</para>
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
