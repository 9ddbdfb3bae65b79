using System.Runtime.CompilerServices;
using Goroutines.Testing.Exploring;

namespace Goroutines.Testing;

/// <summary>Exploring schedules.</summary>
public static partial class GoTest
{
    /// <summary>Runs a body under many schedules, one goroutine at a time, until one fails. Blocks the calling thread.</summary>
    /// <param name="body">The body. It is run anew for each schedule, so it makes all it uses itself. It runs in virtual time, as in
    /// <see cref="Run(Func{ValueTask}, GoTestOptions?)"/>.</param>
    /// <param name="options">Settings; <see langword="null"/>: the defaults.</param>
    /// <returns>What was done, if no schedule failed.</returns>
    /// <remarks>
    /// <para>A schedule fails when an exception leaves the body, or a goroutine that nobody joins; when all goroutines are blocked
    /// and the body has not ended; or when it has, and goroutines are left that never will.</para>
    /// <para>Another goroutine may come before every channel operation, select, lock, wait and join, at every yield and sleep, and
    /// instead of one that was just woken. In goroutines with a stack of their own it may also come before what never waits
    /// (<c>Try…</c>, unlocking, closing, counting); in asynchronous ones those belong to the step they are in. Which ready
    /// case a select takes, and which of several due timers fires first, is chosen as well.</para>
    /// <para>Not seen are accesses to plain memory, framework locks and tasks, and other threads. Between two of the points above
    /// a goroutine runs undisturbed: put a <see cref="Go.Yield"/> where another one should be able to come between. A body
    /// whose course depends on anything else (time of day, random numbers, other threads) can't be repeated. In asynchronous
    /// bodies use the asynchronous operations, and await them: blocking on their task can't be explored.</para>
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="ExplorationException">A schedule failed. It tells the seed that repeats it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled (<see cref="ExploreOptions.CancellationToken"/>).</exception>
    /// <exception cref="InvalidOperationException">Called inside a goroutine.</exception>
    [OverloadResolutionPriority(1)]
    public static ExploreResult Explore(Func<ValueTask> body, ExploreOptions? options = null) => ExploreBody(body, options);

    /// <inheritdoc cref="Explore(Func{ValueTask}, ExploreOptions?)"/>
    public static ExploreResult Explore(Func<Task> body, ExploreOptions? options = null) => ExploreBody(body, options);

    /// <summary>As <see cref="Explore(Func{ValueTask}, ExploreOptions?)"/>, with a synchronous body on a stack of its own.</summary>
    /// <inheritdoc cref="Explore(Func{ValueTask}, ExploreOptions?)"/>
    public static ExploreResult Explore(Action body, ExploreOptions? options = null) => ExploreBody(body, options);

    /// <summary>Runs a body under the schedule that failed before. Blocks the calling thread.</summary>
    /// <param name="seed">The schedule: <see cref="ExplorationException.Seed"/>.</param>
    /// <param name="body">The body that was explored.</param>
    /// <remarks>It returns if the schedule no longer fails. A changed body may have other schedules under the same seed.</remarks>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="FormatException"><paramref name="seed"/> is no seed.</exception>
    /// <exception cref="ExplorationException">The schedule failed, or (<see cref="FailureKind.NotRepeatable"/>) the body has no such schedule.</exception>
    /// <exception cref="InvalidOperationException">Called inside a goroutine.</exception>
    [OverloadResolutionPriority(1)]
    public static void Replay(string seed, Func<ValueTask> body) => ReplayBody(seed, body, null);

    /// <inheritdoc cref="Replay(string, Func{ValueTask})"/>
    public static void Replay(string seed, Func<Task> body) => ReplayBody(seed, body, null);

    /// <inheritdoc cref="Replay(string, Func{ValueTask})"/>
    public static void Replay(string seed, Action body) => ReplayBody(seed, body, null);

    /// <inheritdoc cref="Replay(string, Func{ValueTask})"/>
    /// <param name="seed">The schedule: <see cref="ExplorationException.Seed"/>.</param>
    /// <param name="body">The body that was explored.</param>
    /// <param name="options">The settings it was explored with, of which the limits count.</param>
    [OverloadResolutionPriority(1)]
    public static void Replay(string seed, Func<ValueTask> body, ExploreOptions options) => ReplayBody(seed, body, options);

    /// <inheritdoc cref="Replay(string, Func{ValueTask}, ExploreOptions)"/>
    public static void Replay(string seed, Func<Task> body, ExploreOptions options) => ReplayBody(seed, body, options);

    /// <inheritdoc cref="Replay(string, Func{ValueTask}, ExploreOptions)"/>
    public static void Replay(string seed, Action body, ExploreOptions options) => ReplayBody(seed, body, options);

    private static ExploreResult ExploreBody(Delegate body, ExploreOptions? options)
    {
        ArgumentNullException.ThrowIfNull(body);
        ThrowIfInGoroutine("GoTest.Explore");
        return Explorer.Explore(body, (options ?? new ExploreOptions()).Validated());
    }

    private static void ReplayBody(string seed, Delegate body, ExploreOptions? options)
    {
        ArgumentNullException.ThrowIfNull(seed);
        ArgumentNullException.ThrowIfNull(body);
        ThrowIfInGoroutine("GoTest.Replay");
        options = (options ?? new ExploreOptions()).Validated();
        Strategy strategy = ScheduleSeed.Parse(seed, out bool earlyTimers);
        Explorer.Replay(body, strategy, new ExploreOptions
        {
            EarlyTimers = earlyTimers,
            MaxSteps = options.MaxSteps,
            OutsideGrace = options.OutsideGrace,
            OutsideLimit = options.OutsideLimit,
            RealLimit = options.RealLimit,
            CancellationToken = options.CancellationToken,
        });
    }
}
