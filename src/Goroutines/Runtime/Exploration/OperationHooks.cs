using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>The hooks that run before every operation of the library, for code that has to know of the operation or act before it.</summary>
/// <remarks>
/// <para>An operation that might complete at once begins with <see cref="BeforeOperation"/>. If that returns true, the
/// operation returns <see cref="Defer{TTarget, TArguments}"/>, its own form that yields first. An operation that never waits
/// calls <see cref="Observe"/>. The synchronous forms pass through the asynchronous ones
/// (<see cref="BeforeSynchronous"/>).</para>
/// <para><b>Cost.</b> One word covers every kind of hook. While none is on, each of these calls is inlined to one test of that word and a
/// branch that is not taken. A further kind is a further bit, and costs nothing while it is off. Tracking of holders costs only the locks.</para>
/// <para><b>The word</b> is written under the locks of those that set its bits, and read without fences. A hook is on from before the first
/// goroutine that it concerns, whose start publishes it. For all other goroutines a stale value is as good as the new one.</para>
/// </remarks>
internal static class OperationHooks
{
    /// <summary>An exploring runtime exists (<see cref="Exploration"/>).</summary>
    internal const int Explored = 1;

    /// <summary>Locks record which goroutine holds them (<see cref="HolderTracking"/>).</summary>
    internal const int HoldersTracked = 2;

    /// <summary>A race detector is told what orders steps (<see cref="RaceHooks"/>).</summary>
    internal const int RacesObserved = 4;

    /// <summary>The hooks that are told of operations. Holders are noted by the locks themselves.</summary>
    private const int OfOperations = Explored | RacesObserved;

    private static int s_bits;

    /// <summary>Whether any hook is on. The fast paths of locks, which skip all hooks, test it.</summary>
    internal static bool Any
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => s_bits != 0;
    }

    /// <summary>The hooks that are on.</summary>
    internal static int Bits => s_bits;

    /// <summary>Whether an exploring runtime exists.</summary>
    internal static bool Explores => (s_bits & Explored) != 0;

    /// <summary>Whether locks record their holders, and no other hook is on: a lock that is free is taken without asking anything else.</summary>
    internal static bool OnlyTracksHolders => s_bits == HoldersTracked;

    /// <summary>Whether locks record their holders.</summary>
    internal static bool TracksHolders => (s_bits & HoldersTracked) != 0;

    internal static void Set(int bit, bool on)
    {
        if (on)
        {
            Interlocked.Or(ref s_bits, bit);
        }
        else
        {
            Interlocked.And(ref s_bits, ~bit);
        }
    }

    /// <summary>Called before an operation that might complete at once.</summary>
    /// <returns>true if the caller has to return the form that yields first, <see cref="Defer{TTarget, TArguments}"/>; otherwise, false.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool BeforeOperation(string operation, object? target) => (s_bits & OfOperations) != 0 && Ask(operation, target);

    /// <summary>Reports an operation that never waits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Observe(string operation, object? target)
    {
        if ((s_bits & OfOperations) != 0)
        {
            Tell(operation, target);
        }
    }

    /// <summary>Called before the asynchronous form for which a synchronous one waits. A goroutine without a stack of its own can't yield in the
    /// middle of a turn, so its operation is performed at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void BeforeSynchronous()
    {
        if (Explores)
        {
            GrantIfStackless();
        }
    }

    /// <summary>Yields, and performs the operation when the goroutine is scheduled again.</summary>
    /// <param name="target">The object on which the operation is called.</param>
    /// <param name="arguments">Its arguments. They are passed beside the target and not in a closure, which the operation would allocate even if it is not
    /// deferred.</param>
    /// <param name="operation">Calls the operation once more; this time it is performed.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static async ValueTask Defer<TTarget, TArguments>(TTarget target, TArguments arguments, Func<TTarget, TArguments, ValueTask> operation)
    {
        await GiveWay();
        Grant();
        await operation(target, arguments);
    }

    /// <inheritdoc cref="Defer{TTarget, TArguments}"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static async ValueTask<TResult> Defer<TTarget, TArguments, TResult>(TTarget target, TArguments arguments, Func<TTarget, TArguments, ValueTask<TResult>> operation)
    {
        await GiveWay();
        Grant();
        return await operation(target, arguments);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Ask(string operation, object? target)
    {
        bool defers = Explores && Exploration.Find(out G? g) is { } driver && driver.BeforeOperation(g!, operation, target);
        if (RaceHooks.IsOn)
        {
            if (defers)
            {
                RaceHooks.Observer?.Defers();
            }
            else
            {
                RaceHooks.Observe(operation, target);
            }
        }

        return defers;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tell(string operation, object? target)
    {
        if (Explores)
        {
            Exploration.Find(out G? g)?.Observe(g!, operation, target);
        }

        if (RaceHooks.IsOn)
        {
            RaceHooks.Observe(operation, target);
        }
    }

    private static ValueTask GiveWay() => M.Current is { HasP: true, CurrentG: { } g } ? g.YieldAsync() : default;

    private static void Grant() => Exploration.Find(out G? g)?.Grant(g!);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void GrantIfStackless()
    {
        if (Exploration.Find(out G? g) is { } driver && !g!.IsStackful)
        {
            driver.Grant(g);
        }
    }
}
