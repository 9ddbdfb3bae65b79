namespace Goroutines.Race;

/// <summary>Called beside methods of the framework that take delegates and run them later or elsewhere: the bodies of tasks and continuations, and the callbacks of
/// cancellations. Each run is a line of execution of its own.</summary>
public static partial class RaceAccess
{
    /// <summary>Called before the method.</summary>
    /// <param name="follows">true if the first argument of the delegates is what they come after; otherwise, false.</param>
    /// <returns>What the other methods take as <c>runs</c>.</returns>
    public static object BeginBody(bool follows) => ForkJoin.Here("task", follows ? ForkJoin.After.FirstArgument : ForkJoin.After.Creator);

    /// <summary>Called before a method that registers a callback with a token.</summary>
    /// <returns>What the other methods take as <c>runs</c>.</returns>
    public static object BeginCallback() => ForkJoin.Here("callback", ForkJoin.After.Unknown);

    /// <summary>Called after the method.</summary>
    /// <param name="task">The task that it has returned.</param>
    /// <param name="runs">The runs of the body.</param>
    public static void EndBody(Task task, object runs) => FrameworkSync.Ends(task, ((ForkJoin)runs).End);

    /// <summary>Called after a task was created that is started later.</summary>
    /// <param name="task">The task.</param>
    /// <param name="runs">The runs of the body.</param>
    public static void EndCold(Task task, object runs)
    {
        EndBody(task, runs);
        FrameworkSync.AddCold(task, (ForkJoin)runs);
    }

    /// <summary>Returns a delegate that does what <paramref name="body"/> does, as a line of execution of its own.</summary>
    /// <param name="body">The delegate.</param>
    /// <param name="runs">The runs of the body.</param>
    /// <returns>The delegate; null if <paramref name="body"/> is null.</returns>
    public static Action? BodyAction0(Action? body, object runs) => body is null ? null : () => Run(runs, null, body, static body =>
    {
        body();
        return 0;
    });

    /// <inheritdoc cref="BodyAction0"/>
    /// <typeparam name="T">The type of the argument.</typeparam>
    public static Action<T>? BodyAction1<T>(Action<T>? body, object runs) => body is null ? null : argument => Run(runs, argument, (body, argument), static all =>
    {
        all.body(all.argument);
        return 0;
    });

    /// <inheritdoc cref="BodyAction0"/>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    public static Action<T1, T2>? BodyAction2<T1, T2>(Action<T1, T2>? body, object runs) => body is null ? null : (first, second) => Run(runs, first, (body, first, second), static all =>
    {
        all.body(all.first, all.second);
        return 0;
    });

    /// <inheritdoc cref="BodyAction0"/>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    public static Func<TResult>? BodyFunc0<TResult>(Func<TResult>? body, object runs) => body is null ? null : () => Run(runs, null, body, static body => body());

    /// <inheritdoc cref="BodyAction0"/>
    /// <typeparam name="T">The type of the argument.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    public static Func<T, TResult>? BodyFunc1<T, TResult>(Func<T, TResult>? body, object runs)
        => body is null ? null : argument => Run(runs, argument, (body, argument), static all => all.body(all.argument));

    /// <inheritdoc cref="BodyAction0"/>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    public static Func<T1, T2, TResult>? BodyFunc2<T1, T2, TResult>(Func<T1, T2, TResult>? body, object runs)
        => body is null ? null : (first, second) => Run(runs, first, (body, first, second), static all => all.body(all.first, all.second));

    private static TResult Run<T, TResult>(object runs, object? first, T argument, Func<T, TResult> body) => ((ForkJoin)runs).RunAfter(first, body, argument);
}
