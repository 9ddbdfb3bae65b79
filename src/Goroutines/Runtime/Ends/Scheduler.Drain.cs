namespace Goroutines.Runtime;

/// <summary>The end of goroutines, and waiting for the last one. The protocol stands in <see cref="Population"/>.</summary>
internal sealed partial class Scheduler
{
    /// <summary>How often the drainer looks for goroutines that were collected: at first, and at most.</summary>
    private static readonly TimeSpan s_firstSweep = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longestSweep = TimeSpan.FromSeconds(1);

    /// <summary>Steps E2 to E4, after a goroutine's outcome was handed on and counted.</summary>
    internal void GoroutineEnded() => _population.Ended(in _procs);

    internal void GoroutinesLost(int count)
    {
        _population.CountLost(count);
        GoroutineEnded();
    }

    /// <summary>Goroutines will not end, or were never taken, without having been collected.</summary>
    private void GoroutinesGone(int count)
    {
        _population.CountGone(count);
        GoroutineEnded();
    }

    /// <summary>Takes no more goroutines: steps D1 to D3.</summary>
    /// <returns>Ends with true when the last goroutine has ended, with false when the runtime is stopped before.</returns>
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

    /// <summary>Takes no more goroutines, and waits for those there are to end.</summary>
    /// <returns>How many are left: none, unless <paramref name="cancellationToken"/> was cancelled or the runtime is stopped otherwise.</returns>
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
            _ = Count; // which counts those that were collected
            quiet = turns == Turns ? quiet + delay : TimeSpan.Zero;
            turns = Turns;
            if (quiet >= collectAfter && !drained.IsCompleted && Driver is null)
            {
                // Nothing runs. What is left may wait for what nobody can reach any more, and would be waited for until
                // the program happens to need a collection.
                quiet = TimeSpan.Zero;
                collectAfter *= 4;
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            }
        }

        if (drained.IsCompletedSuccessfully && await drained.ConfigureAwait(false))
        {
            return 0;
        }

        return (int)Math.Max(0, _stopping ? Volatile.Read(ref _leftAtStop) : Count);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
