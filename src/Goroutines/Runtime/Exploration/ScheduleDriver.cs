namespace Goroutines.Runtime;

/// <summary>
/// Directs a scheduler in a test. It provides the virtual time, is notified when every goroutine is blocked and, if it
/// explores, decides which goroutine runs next. A production runtime has none.
/// </summary>
/// <remarks>
/// <para><b>Idle.</b> <see cref="OnAllIdle"/> is called when every P is idle, nothing is queued and no worker looks for work: see
/// <see cref="Scheduler.OnAllIdle"/>, which makes sure that one call comes after the last change.</para>
/// <para><b>Exploring.</b> An exploring runtime has one P and no sysmon. Whatever becomes runnable is put into the ordinary
/// queues, in an order that depends on the program alone. Each time the worker is free, all of it is taken out and passed to
/// <see cref="Next"/>. An operation that might complete at once asks first (<see cref="OperationHooks"/>): its caller yields,
/// so that the driver chooses whether it or another goroutine continues.</para>
/// </remarks>
internal abstract class ScheduleDriver
{
    /// <summary>Whether it decides which goroutine runs. Otherwise it only drives the clock.</summary>
    internal abstract bool Explores { get; }

    /// <summary>Whether the runtime keeps its goroutines alive as long as they have not ended, so that what leaks does not depend on the collector.</summary>
    internal virtual bool KeepsGoroutines => true;

    /// <summary>Called once, by the scheduler that it directs.</summary>
    internal abstract void Attach(Scheduler scheduler);

    /// <summary>Called when every goroutine is parked or in a blocking region.</summary>
    /// <returns>true if there is something to do now; otherwise, false.</returns>
    internal abstract bool OnAllIdle();

    /// <summary>Called when a worker is about to give a goroutine its turn.</summary>
    internal abstract void TurnBegins(G g);

    /// <summary>Called when a thread that is not a worker has put a timer into a heap.</summary>
    internal abstract void TimerAddedOutside();

    /// <summary>Called when a goroutine has failed and its handle keeps the failure for joiners.</summary>
    internal abstract void FailureKept(G g, Exception failure, Func<bool> wasSeen);

    /// <summary>Called when a goroutine begins (+1) or ends (−1) to wait, outside its own flow, for an operation of this library.</summary>
    internal abstract void SideWait(G g, int change);

    /// <summary>Exploring: chooses the goroutine that runs next. Called on the worker, which holds <paramref name="p"/>.</summary>
    /// <returns>The goroutine; null if none can run.</returns>
    internal abstract G? Next(P p);

    /// <summary>Exploring: called when a goroutine is about to do something that might complete at once.</summary>
    /// <returns>true if it has to yield first (it asks again when its turn has come); otherwise, false.</returns>
    internal abstract bool BeforeOperation(G g, string operation, object? target);

    /// <summary>Exploring: called when the turn of an operation that yielded has come; the goroutine's next operation is performed.</summary>
    internal abstract void Grant(G g);

    /// <summary>Exploring: called when a goroutine does something that never waits.</summary>
    internal abstract void Observe(G g, string operation, object? target);

    /// <summary>Exploring: chooses one of <paramref name="count"/> equal possibilities.</summary>
    internal abstract int Pick(int count);
}
