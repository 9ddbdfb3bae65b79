using System.Runtime.CompilerServices;
using Goroutines.Testing.Exploring;

namespace Goroutines.Testing;

/// <summary>Explores schedules.</summary>
public static partial class GoTest
{
    /// <summary>Runs a body under many schedules, one goroutine at a time, until one fails. Blocks the calling thread.</summary>
    /// <param name="body">The body. It runs once for each schedule, so it must create everything that it uses. It runs in virtual time, as in
    /// <see cref="Run(Func{ValueTask}, GoTestOptions?)"/>.</param>
    /// <param name="options">The settings; <see langword="null"/> for the defaults.</param>
    /// <returns>A summary of the exploration, if no schedule failed.</returns>
    /// <remarks>
    /// <para>A schedule fails in three cases: an exception escapes the body or a goroutine that is never joined; all goroutines are
    /// blocked and the body has not ended; or the body has ended and goroutines are left that never will.</para>
    /// <para>The explorer may switch to another goroutine before every channel operation, select, lock, wait and join, at every yield
    /// and sleep, and in place of a goroutine that was just woken. In goroutines with their own stack it may also switch before
    /// operations that never wait (<c>Try…</c>, unlocking, closing, counting); in asynchronous goroutines those belong to the current
    /// step. The explorer also chooses which ready case a select takes, and which of several due timers fires first.</para>
    /// <para>The explorer does not see accesses to plain memory, framework locks and tasks, and other threads. Between two of the
    /// points above, a goroutine runs without interruption: put a <see cref="Go.Yield"/> where another goroutine should be able to
    /// run. A schedule cannot be repeated if the body depends on anything else (time of day, random numbers, other threads). In
    /// asynchronous bodies, use the asynchronous operations and await them: blocking on their tasks cannot be explored.</para>
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="ExplorationException">A schedule failed. The exception has the seed that repeats it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled (<see cref="ExploreOptions.CancellationToken"/>).</exception>
    /// <exception cref="InvalidOperationException">Called inside a goroutine.</exception>
    [OverloadResolutionPriority(1)]
    public static ExploreResult Explore(Func<ValueTask> body, ExploreOptions? options = null) => ExploreBody(body, options);

    /// <inheritdoc cref="Explore(Func{ValueTask}, ExploreOptions?)"/>
    public static ExploreResult Explore(Func<Task> body, ExploreOptions? options = null) => ExploreBody(body, options);

    /// <summary>Does the same as <see cref="Explore(Func{ValueTask}, ExploreOptions?)"/>, with a synchronous body on its own stack.</summary>
    /// <inheritdoc cref="Explore(Func{ValueTask}, ExploreOptions?)"/>
    public static ExploreResult Explore(Action body, ExploreOptions? options = null) => ExploreBody(body, options);

    /// <summary>Runs a body under a schedule that failed before. Blocks the calling thread.</summary>
    /// <param name="seed">The seed of the schedule: <see cref="ExplorationException.Seed"/>.</param>
    /// <param name="body">The body that was explored.</param>
    /// <remarks>It returns if the schedule no longer fails. A changed body may have other schedules under the same seed.</remarks>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="FormatException"><paramref name="seed"/> is not a valid seed.</exception>
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
    /// <param name="options">The settings with which the body was explored. Only the limits are used.</param>
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
