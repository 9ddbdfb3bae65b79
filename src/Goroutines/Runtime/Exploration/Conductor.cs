namespace Goroutines.Runtime;

/// <summary>
/// What directs a scheduler in a test: tells the virtual time, hears when every goroutine is blocked, and, if it
/// explores, decides who runs next. Production runtimes have none.
/// </summary>
/// <remarks>
/// <para><b>Idle.</b> <see cref="Idle"/> is called when every P is idle, nothing is queued and nobody looks for work: see
/// <see cref="Scheduler.ConductIdle"/>, which makes sure that one caller comes after the last change.</para>
/// <para><b>Exploring.</b> An exploring runtime has one P and no sysmon. Whatever becomes runnable is put into the ordinary
/// queues, in an order that depends on the program alone, and each time the worker is free all of it is taken out and
/// handed to <see cref="Next"/>. An operation that might complete at once asks first (<see cref="Exploration"/>): its caller
/// gives way, so that the conductor chooses whether it, or another goroutine, goes on.</para>
/// </remarks>
internal abstract class Conductor
{
    /// <summary>Whether it decides who runs. Else it only conducts the time.</summary>
    internal abstract bool Explores { get; }

    /// <summary>Called once, by the scheduler that it is to direct.</summary>
    internal abstract void Attach(Scheduler scheduler);

    /// <summary>Every goroutine is parked or in a blocking region.</summary>
    /// <returns>Whether there is something to do now.</returns>
    internal abstract bool Idle();

    /// <summary>A worker is about to give a goroutine its turn.</summary>
    internal abstract void TurnBegins(G g);

    /// <summary>A timer was put into a heap by a thread that is no worker.</summary>
    internal abstract void TimerAddedOutside();

    /// <summary>A goroutine has failed, and its handle keeps the failure for whoever joins.</summary>
    internal abstract void FailureKept(G g, Exception failure, Func<bool> wasSeen);

    /// <summary>A goroutine begins (+1) or ends (−1) to wait for an operation of ours beside its own flow.</summary>
    internal abstract void SideWait(G g, int change);

    /// <summary>Exploring: who runs next; null: nobody can. On the worker, which holds <paramref name="p"/>.</summary>
    internal abstract G? Next(P p);

    /// <summary>Exploring: a goroutine is about to do something that might complete at once.</summary>
    /// <returns>Whether it has to give way first; it asks again when its turn has come.</returns>
    internal abstract bool Defers(G g, string operation, object? target);

    /// <summary>Exploring: the turn of an operation that gave way has come: the goroutine's next operation is performed.</summary>
    internal abstract void Grant(G g);

    /// <summary>Exploring: a goroutine does something that never waits.</summary>
    internal abstract void Note(G g, string operation, object? target);

    /// <summary>Exploring: one of <paramref name="count"/> equal possibilities.</summary>
    internal abstract int Pick(int count);
}

/// <summary>The points at which operations ask the conductor of an exploring runtime. One static read where there is none.</summary>
internal static class Exploration
{
    /// <summary>
    /// Whether any exploring runtime exists. Written under <c>s_gate</c>, so that one that ends never hides another that begins:
    /// it is true from before the first goroutine of such a runtime starts until after its last. Late is right for all others.
    /// </summary>
    internal static bool IsOn;

    private static SpinMutex s_gate; // a struct: a static constructor would burden every read of IsOn
    private static int s_runtimes;

    internal static void Begin()
    {
        s_gate.Enter();
        s_runtimes++;
        Volatile.Write(ref IsOn, true);
        s_gate.Exit();
    }

    internal static void End()
    {
        s_gate.Enter();
        Volatile.Write(ref IsOn, --s_runtimes != 0);
        s_gate.Exit();
    }

    /// <summary>Before an asynchronous operation: whether its caller has to return the form that gives way first.</summary>
    internal static bool Defers(string operation, object? target)
        => Find(out G? g) is { } conductor && conductor.Defers(g!, operation, target);

    /// <summary>Gives way: the first thing in the deferred form of an operation.</summary>
    internal static ValueTask GiveWay() => M.Current is { HasP: true, CurrentG: { } g } ? g.YieldAsync() : default;

    /// <summary>The next thing there: what follows is performed.</summary>
    internal static void Grant() => Find(out G? g)?.Grant(g!);

    /// <summary>In a synchronous form. A goroutine without a stack of its own can't give way in the middle of a turn.</summary>
    internal static void GrantIfStackless()
    {
        if (Find(out G? g) is { } conductor && !g!.IsStackful)
        {
            conductor.Grant(g);
        }
    }

    /// <summary>Something that never waits is done.</summary>
    internal static void Note(string operation, object? target) => Find(out G? g)?.Note(g!, operation, target);

    /// <summary>One of several possibilities that are equally right; −1: choose yourself.</summary>
    internal static int Pick(int count) => Find(out _)?.Pick(count) ?? -1;

    /// <summary>A clock by which the library's own patience is measured: virtual where somebody explores.</summary>
    internal static long Nanoseconds() => IsOn && Find(out _) is not null ? M.Current!.Scheduler.Clock.Now : Clock.SystemNanoseconds();

    /// <summary>Whether the caller is a goroutine of an exploring runtime.</summary>
    internal static bool Applies => Find(out _) is not null;

    private static Conductor? Find(out G? g)
    {
        g = null;
        if (M.Current is not { HasP: true, CurrentG: { } current } || current.Scheduler.Conductor is not { Explores: true } conductor)
        {
            return null;
        }

        g = current;
        return conductor;
    }
}
