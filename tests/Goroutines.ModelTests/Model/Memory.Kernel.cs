using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Goroutines.Runtime;

namespace Goroutines.ModelTests.Model;

/// <summary>What stands in for the kernel and the framework. Those that give a bool stand at the beginning of a method and say whether to skip the rest.</summary>
public static unsafe partial class Memory
{
    private static readonly Lock s_atomic = new();
    private static readonly Action<M> s_run = typeof(M).GetMethod("Run", BindingFlags.Instance | BindingFlags.NonPublic)!.CreateDelegate<Action<M>>();
    private static readonly Action<ForeignContinuation> s_invoke
        = typeof(ForeignContinuation).GetMethod("Invoke", BindingFlags.Instance | BindingFlags.NonPublic)!.CreateDelegate<Action<ForeignContinuation>>();

    private static readonly Action<StackfulThread> s_runGoroutines
        = typeof(StackfulThread).GetMethod("RunGoroutines", BindingFlags.Instance | BindingFlags.NonPublic)!.CreateDelegate<Action<StackfulThread>>();

    private static Random s_random = new(1);

    /// <summary>A taken lock makes the thread wait as a whole, unless the spinning itself is explored.</summary>
    public static bool Lock(ref int held, int site)
    {
        ModelThread? me = Explored(ref held);
        if (me is null || me.Execution.Options.ExploreLocks)
        {
            return false;
        }

        Location place = Place(me, ref held);
        me.Execution.Await(me, OpKind.Lock, place, site);
        Updated(me, ref held, place, stores: true);
        held = 1;
        me.Execution.Trace?.Operation(me, site, place, "");
        return true;
    }

    public static bool FutexWait(ref int address, int expected, long nanoseconds, int site)
    {
        if (ModelThread.Current is not { } me)
        {
            return false;
        }

        SleepAt(me, ref address, expected, nanoseconds, site);
        return true;
    }

    public static bool FutexWake(ref int address, int site)
    {
        if (ModelThread.Current is not { } me)
        {
            return false;
        }

        if (!me.IsAborted)
        {
            WakeAt(me, ref address, site);
        }

        return true;
    }

    /// <summary>Only a break of the wait brings news.</summary>
    public static bool Poll(object net, long nanoseconds, int site)
    {
        if (ModelThread.Current is not { } me)
        {
            return true;
        }

        ref int broken = ref me.Execution.Kernel.BreakWord().Value!;
        if (nanoseconds != 0)
        {
            SleepAt(me, ref broken, 0, nanoseconds, site);
        }

        Exchange(ref broken, 0, site);
        return true;
    }

    public static bool BreakPoll(object net, int site)
    {
        if (ModelThread.Current is { IsAborted: false } me)
        {
            ref int broken = ref me.Execution.Kernel.BreakWord().Value!;
            Exchange(ref broken, 1, site);
            WakeAt(me, ref broken, site);
        }

        return true;
    }

    public static bool Now(out long nanoseconds, int site)
    {
        nanoseconds = ModelThread.Current?.Execution.Now ?? 1_000_000_000;
        return true;
    }

    /// <summary>The thread of a worker is one more that is explored. Idle workers may stay asleep.</summary>
    public static bool StartWorker(object worker, int site) => Start("worker", () => s_run((M)worker));

    public static bool StartStackful(object thread, int stackSize, int site) => Start("stackful", () => s_runGoroutines((StackfulThread)thread));

    /// <summary>What goes to the thread pool runs on a thread of its own.</summary>
    public static bool RunOnPool(object continuation, int site)
        => Start("pool", () => s_invoke((ForeignContinuation)continuation));

    /// <summary>Threads are not counted: the count would go from one execution to the next.</summary>
    public static bool ReserveThread(out bool result, int site) => result = true;

    public static bool ReleaseThread(int site) => true;

    /// <summary>The monitor would hide lost wake-ups: it does not run.</summary>
    public static bool StartSysmon(object sysmon, int site) => true;

    public static void SpinWait(int iterations)
    {
    }

    public static void SpinOnce(ref SpinWait spin, int sleep1Threshold)
    {
        if (ModelThread.Current is not { } me)
        {
            spin.SpinOnce();
            return;
        }

        if (me.IsAborted)
        {
            throw new ExecutionAbortedException();
        }

        me.Execution.Await(me, OpKind.Yield, null, Sites.Count);
        me.SpinsSince = me.Execution.Stores;
        me.Order.Spins++;
        me.Order.IsBehind = false;
    }

    /// <summary>As the framework's, it waits for a callback that is running; see <see cref="ModelToken"/>.</summary>
    public static void DisposeRegistration(ref CancellationTokenRegistration registration)
    {
        if (ModelThread.Current is { IsAborted: false } && ModelToken.Of(registration.Token) is { } token)
        {
            token.AwaitCallbacks();
        }

        registration.Dispose();
    }

    /// <summary>As the framework's, it takes the lock of the token's source, which a cancellation takes too.</summary>
    [SuppressMessage("Design", "CA1068:CancellationToken parameters must come last", Justification = "The order is that of the method it stands for.")]
    public static CancellationTokenRegistration Register(ref CancellationToken token, Action<object?> callback, object? state)
    {
        if (ModelThread.Current is { IsAborted: false } && ModelToken.Of(token) is { } explored)
        {
            explored.BeginRegistration();
        }

        return token.UnsafeRegister(callback, state);
    }

    public static bool IsCancellationRequested(ref CancellationToken token)
        => ModelThread.Current is { IsAborted: false } && ModelToken.Of(token) is { } explored ? explored.IsCancelled : token.IsCancellationRequested;

    public static int ProcessorCount() => 2;

    public static int CurrentThreadId() => ModelThread.Current?.Number ?? 0;

    public static Random SharedRandom() => s_random;

    internal static void Reseed() => s_random = new Random(1);

    internal static void SleepAt(ModelThread me, ref int address, int expected, long nanoseconds, int site)
    {
        if (me.IsAborted)
        {
            throw new ExecutionAbortedException();
        }

        Location place = Place(me, ref address);
        me.Execution.Await(me, OpKind.Sleep, place, site);
        Updated(me, ref address, place, stores: false);
        if (address != expected)
        {
            me.Execution.Trace?.Operation(me, site, place, " not needed");
            return;
        }

        me.Execution.Trace?.Operation(me, site, place, " sleeps");
        me.Woken = false;
        me.TimedOut = false;
        me.Deadline = nanoseconds < 0 ? long.MaxValue : me.Execution.Now + nanoseconds;
        me.Execution.Kernel.FallAsleep(me, place);
        me.Execution.Await(me, OpKind.Resume, null, site);
        if (me.Execution.Options.ReorderLoads)
        {
            me.Execution.Resumed(me);
        }

        me.Execution.Trace?.Operation(me, site, place, me.Woken ? " is woken" : " wakes: the time is up");
    }

    internal static void WakeAt(ModelThread me, ref int address, int site)
    {
        Location place = Place(me, ref address);
        me.Execution.Await(me, OpKind.Wake, place, site);
        me.Execution.Trace?.Operation(me, site, place, " wakes");
        me.Execution.WakeSleeper(place, me);
    }

    private static bool Start(string name, Action body)
    {
        if (ModelThread.Current is { IsAborted: false } me)
        {
            ModelThread added = me.Execution.AddThread(name, body, mayStay: true);
            me.Execution.Trace?.Add($"{me.Name,-12} starts {added.Name} {added.Number}");
            return true;
        }

        return ModelThread.Current is not null ? true : throw new InvalidOperationException("Setting up a program must not start a worker.");
    }
}
