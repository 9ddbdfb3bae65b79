using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>The door in front of every operation of the library: what may want to know of it, or to act before it.</summary>
/// <remarks>
/// <para>An operation that might complete at once begins with <see cref="BeforeOperation"/>; where that says so it returns
/// <see cref="Defer{TTarget, TArguments}"/>, its own form that gives way first. An operation that never waits calls
/// <see cref="Observe"/>. The synchronous forms pass through the asynchronous ones (<see cref="BeforeSynchronous"/>).</para>
/// <para><b>Cost.</b> One word tells of every kind of hook. While none is on, each of these calls is inlined to one test of that word and a
/// branch that is not taken. A further kind is a further bit, and costs nothing where it is off.</para>
/// <para><b>The word</b> is written under the locks of those who set its bits, and read without fences: a hook is on from before the first
/// goroutine that it concerns, whose start publishes it. For all other goroutines a stale value is as good as the new one.</para>
/// </remarks>
internal static class OperationHooks
{
    /// <summary>An exploring runtime exists (<see cref="Exploration"/>).</summary>
    internal const int Explored = 1;

    /// <summary>Locks note who holds them (<see cref="HolderTracking"/>).</summary>
    internal const int HoldersTracked = 2;

    private static int s_bits;

    /// <summary>Whether any hook is on. Also the condition of quick paths that pass the door by.</summary>
    internal static bool Any
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => s_bits != 0;
    }

    /// <summary>Whether an exploring runtime exists. Asked only where <see cref="Any"/> says yes.</summary>
    internal static bool Explores => (s_bits & Explored) != 0;

    /// <summary>Whether locks note who holds them. Asked only where <see cref="Any"/> says yes.</summary>
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

    /// <summary>Asks before an operation that might complete at once.</summary>
    /// <returns>true if the caller has to return the form that gives way first, <see cref="Defer{TTarget, TArguments}"/>; otherwise, false.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool BeforeOperation(string operation, object? target) => Any && Ask(operation, target);

    /// <summary>Tells of an operation that never waits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Observe(string operation, object? target)
    {
        if (Any)
        {
            Tell(operation, target);
        }
    }

    /// <summary>Asks before the asynchronous form that a synchronous one waits for. A goroutine without a stack of its own can't give way in the
    /// middle of a turn, so its operation is performed at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void BeforeSynchronous()
    {
        if (Any)
        {
            GrantIfStackless();
        }
    }

    /// <summary>Gives way, and performs the operation when the goroutine is scheduled again.</summary>
    /// <param name="target">What the operation is called on.</param>
    /// <param name="arguments">Its arguments. Beside the target and not in a closure, which the operation would allocate also where it is not deferred.</param>
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
        => Explores && Exploration.Find(out G? g) is { } driver && driver.BeforeOperation(g!, operation, target);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tell(string operation, object? target)
    {
        if (Explores)
        {
            Exploration.Find(out G? g)?.Observe(g!, operation, target);
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
