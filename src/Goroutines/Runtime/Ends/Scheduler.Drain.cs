namespace Goroutines.Runtime;

/// <summary>The end of goroutines, and waiting for the last one. See <see cref="Population"/> for the protocol.</summary>
internal sealed partial class Scheduler
{
    /// <summary>How often the drainer looks for goroutines that were collected: the first and the longest interval.</summary>
    private static readonly TimeSpan s_firstSweep = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longestSweep = TimeSpan.FromSeconds(1);

    /// <summary>Steps E2 to E4, after a goroutine's outcome was handed on and counted.</summary>
    internal void GoroutineEnded() => _population.Ended(in _procs);

    internal void GoroutinesLost(int count)
    {
        _population.CountLost(count);
        GoroutineEnded();
    }

    /// <summary>Counts goroutines that will not end, or were never accepted, without having been collected.</summary>
    private void GoroutinesGone(int count)
    {
        _population.CountGone(count);
        GoroutineEnded();
    }

    /// <summary>Stops accepting goroutines: steps D1 to D3.</summary>
    /// <returns>A task that ends with true when the last goroutine has ended, or with false when the runtime is stopped before that.</returns>
    internal Task<bool> BeginDrain()
    {
        TaskCompletionSource<bool> drained = _population.BeginDrain();
        if (_stopping)
        {
            drained.TrySetResult(false);
        }

        _population.CheckDrained(in _procs);
        return drained.Task;
    }

    /// <summary>Stops accepting goroutines, and waits until the existing ones have ended.</summary>
    /// <returns>The number of goroutines left: none, unless <paramref name="cancellationToken"/> was cancelled or the runtime was stopped
    /// otherwise.</returns>
    internal async Task<int> DrainAsync(CancellationToken cancellationToken)
    {
        Task<bool> drained = BeginDrain();
        long turns = -1;
        TimeSpan quiet = TimeSpan.Zero;
        TimeSpan collectAfter = s_longestSweep;
        for (TimeSpan delay = s_firstSweep; !drained.IsCompleted && !cancellationToken.IsCancellationRequested; delay = Min(2 * delay, s_longestSweep))
        {
#pragma warning disable RS0030 // collections happen in real time
            await Task.WhenAny(drained, Task.Delay(delay, TimeProvider.System, cancellationToken)).ConfigureAwait(false);
#pragma warning restore RS0030
            _ = Count; // which counts the goroutines that were collected
            quiet = turns == Turns ? quiet + delay : TimeSpan.Zero;
            turns = Turns;
            if (quiet >= collectAfter && !drained.IsCompleted && Driver is null)
            {
                // Nothing runs. What is left may wait for something that nothing can reach any more; without a
                // collection here, the wait would last until the program happens to need one.
                quiet = TimeSpan.Zero;
                collectAfter *= 4;
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            }
        }

        // Those that the end of the runtime abandons count as gone, and may complete the drain before StopWorkersAsync ends it as failed.
        if (_stopping)
        {
            return (int)Volatile.Read(ref _leftAtStop);
        }

        return drained.IsCompletedSuccessfully && await drained.ConfigureAwait(false) ? 0 : (int)Math.Max(0, Count);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
