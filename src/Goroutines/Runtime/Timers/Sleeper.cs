using System.Threading.Tasks.Sources;

namespace Goroutines.Runtime;

/// <summary>A pending <c>Go.SleepAsync</c> (runtime/time.go: <c>timeSleep</c>). Pooled.</summary>
internal sealed class Sleeper : WaitSource, IValueTaskSource, ITimed, IWaitable
{
    private ArmingState _arming;

    /// <summary>The runtime that was stopped during the sleep.</summary>
    private Scheduler? _stopped;

    internal override object? Target => this;

    WaitableState IWaitable.Inspect() => new("timer", "sleep") { EndsByItself = true };

    internal static ValueTask SleepAsync(Scheduler scheduler, TimeSpan duration, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        M? m = M.Current;
        G? g = m?.CurrentG;
        if (Durations.IsOver(duration))
        {
            return m is { HasP: true } && g is not null ? g.YieldAsync() : YieldOutside();
        }

        if (AnyRuntimeStopped && scheduler.IsStopping && !ReferenceEquals(g?.Scheduler, scheduler))
        {
            return ValueTask.FromException(Stopped(scheduler));
        }

        Sleeper sleeper = Pool<Sleeper>.TryRent(m) ?? new Sleeper();
        sleeper.Begin(g, WaitReason.Sleep);
        int arming = sleeper._arming.Arm();
        ValueTask result = new(sleeper, sleeper.Version);
        if (duration != Timeout.InfiniteTimeSpan)
        {
            scheduler.AddTimer(new TimerEntry(scheduler.Clock.Deadline(duration), sleeper, arming));
        }
        else if (!ReferenceEquals(g?.Scheduler, scheduler) && !scheduler.EndlessSleeps.TryAdd(sleeper, arming))
        {
            sleeper.Strand(arming, scheduler);
        }

        if (cancellationToken.CanBeCanceled)
        {
            sleeper.LinkCancellation(cancellationToken);
        }

        return result;
    }

    /// <summary>Sleeps in synchronous code.</summary>
    internal static void Sleep(Scheduler scheduler, TimeSpan duration, CancellationToken cancellationToken)
    {
        if (!Durations.IsOver(duration))
        {
            ThreadWait.Wait(SleepAsync(scheduler, duration, cancellationToken));
            return;
        }

        // An async body can't give its turn away in the middle of a synchronous call, but its thread can.
        cancellationToken.ThrowIfCancellationRequested();
        if (M.Current is StackfulThread { HasP: true, CurrentG: { } g })
        {
            ThreadWait.Wait(g.YieldAsync());
        }
        else
        {
            Thread.Yield();
        }
    }

    /// <summary>Yields where a goroutine's own way of yielding can't be used: in a goroutine that is already yielding, through its inbox;
    /// elsewhere, over the thread pool. The caller's own await decides where the caller continues after that.</summary>
    internal static async ValueTask YieldOutside()
        => await Task.CompletedTask.ConfigureAwait(G.IsCurrentContext ? ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.ContinueOnCapturedContext : ConfigureAwaitOptions.ForceYielding);

    /// <summary>Returns whether the sleep with this number is still in progress.</summary>
    internal bool Sleeps(int arming) => _arming.Stands(arming);

    bool ITimed.IsArmed(int arming) => _arming.Stands(arming);

    void ITimed.Expire(int arming)
    {
        if (_arming.TryClaim(arming))
        {
            Complete();
        }
    }

    /// <summary>Called when the runtime has been stopped: notifies the sleeper, unless it is a goroutine of that runtime, which never
    /// continues.</summary>
    internal void Strand(int arming, Scheduler scheduler)
    {
        if (_arming.TryClaim(arming) && !ReferenceEquals(Goroutine?.Scheduler, scheduler))
        {
            _stopped = scheduler;
            Outcome = WaitOutcome.Stopped;
            Complete();
        }
    }

    private protected override void TryCancel()
    {
        if (_arming.TryDisarm())
        {
            Outcome = WaitOutcome.Cancelled;
            Complete();
        }
    }

    void IValueTaskSource.GetResult(short token)
    {
        M? m = BeginGetResult(token);
        Exception? failure = Outcome switch
        {
            WaitOutcome.Cancelled => CancelledException(),
            WaitOutcome.Stopped => Stopped(_stopped!),
            _ => null,
        };
        _stopped = null;
        if (Recycle())
        {
            Pool<Sleeper>.Return(this, m);
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    private static ObjectDisposedException Stopped(Scheduler scheduler) => scheduler.StoppedFor("nobody can sleep in it any more");
}
