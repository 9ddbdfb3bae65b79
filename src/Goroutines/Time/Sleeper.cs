using System.Threading.Tasks.Sources;
using Goroutines.Scheduler;

namespace Goroutines.Time;

/// <summary>A pending <c>Go.SleepAsync</c> (runtime/time.go: <c>timeSleep</c>). Pooled per P.</summary>
internal sealed class Sleeper : WaitSource, IValueTaskSource, ITimed
{
    private ArmingState _arming;

    /// <summary>The runtime that was stopped during the sleep.</summary>
    private Scheduler.Scheduler? _stopped;

    /// <summary>Link of the P's pool, owned by the P.</summary>
    internal Sleeper? PoolNext;

    internal static ValueTask SleepAsync(Scheduler.Scheduler scheduler, TimeSpan duration, CancellationToken cancellationToken)
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

        P? p = scheduler.CurrentP;
        Sleeper sleeper = Rent(p);
        sleeper.Begin(g, WaitReason.Sleep);
        int arming = sleeper._arming.Arm();
        ValueTask result = new(sleeper, sleeper.Version);
        if (duration != Timeout.InfiniteTimeSpan)
        {
            scheduler.AddTimer(new TimerEntry(scheduler.Clock.Deadline(duration), sleeper, arming));
        }

        if (cancellationToken.CanBeCanceled)
        {
            sleeper.LinkCancellation(cancellationToken);
        }

        return result;
    }

    /// <summary>Sleeps in synchronous code.</summary>
    internal static void Sleep(Scheduler.Scheduler scheduler, TimeSpan duration, CancellationToken cancellationToken)
    {
        if (!Durations.IsOver(duration))
        {
            ThreadWait.Wait(SleepAsync(scheduler, duration, cancellationToken));
            return;
        }

        // An async body can't give its turn away in the middle of a synchronous call; its thread can.
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

    internal static async ValueTask YieldOutside() => await Task.Yield();

    bool ITimed.IsArmed(int arming) => _arming.Stands(arming);

    void ITimed.Expire(int arming)
    {
        if (_arming.TryClaim(arming))
        {
            Complete();
        }
    }

    /// <summary>The runtime has been stopped: tells whoever sleeps, but a goroutine of that runtime, which never goes on.</summary>
    internal void Strand(int arming, Scheduler.Scheduler scheduler)
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
        BeginGetResult(token);
        Exception? failure = Outcome switch
        {
            WaitOutcome.Cancelled => CancelledException(),
            WaitOutcome.Stopped => Stopped(_stopped!),
            _ => null,
        };
        _stopped = null;
        if (Recycle() && M.Current?.P is { } p)
        {
            PoolNext = p.Sleepers;
            p.Sleepers = this;
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    private static ObjectDisposedException Stopped(Scheduler.Scheduler scheduler) => scheduler.StoppedFor("nobody can sleep in it any more");

    private static Sleeper Rent(P? p)
    {
        if (p?.Sleepers is { } pooled)
        {
            p.Sleepers = pooled.PoolNext;
            pooled.PoolNext = null;
            return pooled;
        }

        return new Sleeper();
    }
}
