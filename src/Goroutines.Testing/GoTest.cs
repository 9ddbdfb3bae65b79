using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Goroutines.Runtime;
using Goroutines.Testing.Driving;

namespace Goroutines.Testing;

/// <summary>Tests of code that uses goroutines, with any test framework.</summary>
/// <remarks>
/// <para><see cref="Run(Func{ValueTask}, GoTestOptions?)"/> runs a test in virtual time (Go's <c>testing/synctest</c>);
/// <see cref="Explore(Func{ValueTask}, ExploreOptions?)"/> runs it under many schedules and
/// <see cref="Replay(string, Func{ValueTask})"/> repeats one that failed; <see cref="NoLeaks"/> finds goroutines that were left behind.</para>
/// <para>All members are thread-safe. Tests may run in parallel, each in its own runtime.</para>
/// </remarks>
public static partial class GoTest
{
    /// <summary>Gets the virtual clock of the test to which the calling goroutine belongs. It begins at midnight UTC 2000-01-01.</summary>
    /// <remarks>Pass it to code that takes a <see cref="System.TimeProvider"/>. It stands still while anything in the test runs.</remarks>
    /// <exception cref="InvalidOperationException">The caller is not a goroutine of a test.</exception>
    public static TimeProvider TimeProvider => Driver().Clock;

    /// <summary>
    /// Runs a test in its own runtime, whose clock moves only when every goroutine in it is durably blocked, and blocks the
    /// calling thread until the test has ended (Go's <c>synctest.Test</c>).
    /// </summary>
    /// <param name="body">The test. Its exceptions are rethrown unchanged.</param>
    /// <param name="options">The settings; <see langword="null"/> for the defaults.</param>
    /// <remarks>
    /// <para>Sleeps, timers, tickers, time-outs and contexts with deadlines follow the virtual clock, and so does code that is given
    /// <see cref="TimeProvider"/>. When every goroutine is durably blocked, the clock jumps to the next timer: an hour of
    /// sleeping takes no time. A goroutine is durably blocked if it waits for an operation of the library, or for a framework task
    /// that a timer of this clock completes. If a goroutine awaits any other task (I/O) or blocks its thread, the clock waits for it
    /// in real time. The clock assumes that only the test cancels tokens: a token that a real timer or another thread may cancel
    /// does not keep the clock from moving.</para>
    /// <para>When the body has ended, the clock stands still and the goroutines that can still run do so. After that, all must have ended.</para>
    /// <para>A failed test leaves nothing behind except what cannot be ended: a thread that is running a goroutine or is blocked is
    /// waited for at most one second, and then continues by itself.</para>
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="DeadlockException">Every goroutine was durably blocked, and no timer was left.</exception>
    /// <exception cref="GoroutineLeakException">The body has ended, but goroutines that it started never will.</exception>
    /// <exception cref="GoroutinePanicException">An exception escaped a goroutine that was never joined.</exception>
    /// <exception cref="TimeoutException">The test waited too long for an external event (<see cref="GoTestOptions.OutsideLimit"/>), or it took
    /// too long (<see cref="GoTestOptions.RealLimit"/>, <see cref="GoTestOptions.VirtualLimit"/>).</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled (<see cref="GoTestOptions.CancellationToken"/>).</exception>
    /// <exception cref="DataRaceException">The race detector found a data race (<see cref="DetectsRaces"/>).</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="InvalidOperationException">Called inside a goroutine.</exception>
    [OverloadResolutionPriority(1)]
    public static void Run(Func<ValueTask> body, GoTestOptions? options = null) => RunTest(body, options);

    /// <inheritdoc cref="Run(Func{ValueTask}, GoTestOptions?)"/>
    public static void Run(Func<Task> body, GoTestOptions? options = null) => RunTest(body, options);

    /// <summary>Does the same as <see cref="Run(Func{ValueTask}, GoTestOptions?)"/>, with a synchronous body on its own stack.</summary>
    /// <inheritdoc cref="Run(Func{ValueTask}, GoTestOptions?)"/>
    public static void Run(Action body, GoTestOptions? options = null) => RunTest(body, options);

    /// <summary>Waits until every other goroutine of the test is durably blocked (Go's <c>synctest.Wait</c>). The clock does not move meanwhile.</summary>
    /// <returns>A task that completes when every other goroutine is durably blocked. Await it once.</returns>
    /// <exception cref="InvalidOperationException">The caller is not a goroutine of a test, or another goroutine of the test is already waiting in this way.</exception>
    public static ValueTask WaitAsync() => Driver().WaitForOthers();

    /// <summary>Does the same as <see cref="WaitAsync"/>, for a goroutine with a synchronous body.</summary>
    /// <exception cref="InvalidOperationException">The caller is not a goroutine of a test with its own stack, or another goroutine is already waiting in this
    /// way.</exception>
    public static void Wait()
    {
        TestDriver driver = Driver();
        if (M.Current!.CurrentG is not ThreadG)
        {
            throw new InvalidOperationException("Wait would block the thread of an asynchronous goroutine, which then never is durably blocked. Await WaitAsync.");
        }

        ThreadWait.Wait(driver.WaitForOthers());
    }

    internal static void ThrowIfInGoroutine(string member)
    {
        if (M.Current is not { CurrentG: { } g })
        {
            return;
        }

        throw new InvalidOperationException(g.Scheduler.Driver is null
            ? $"{member} was called inside goroutine {g.Id} of the runtime \"{g.Scheduler.Name}\". It blocks its thread until the test has ended: call it from the test method itself, or in Task.Run."
            : $"{member} was called inside goroutine {g.Id}, which belongs to a test itself. Tests do not nest, since each has a clock of its own: call it from the test method itself.");
    }

    private static TestDriver Driver() => TestDriver.Current
        ?? throw new InvalidOperationException("The caller is no goroutine of a test: call it inside the body of GoTest.Run or GoTest.Explore (and not after ConfigureAwait(false)).");

    private static void RunTest(Delegate body, GoTestOptions? options)
    {
        ArgumentNullException.ThrowIfNull(body);
        ThrowIfInGoroutine("GoTest.Run");
        options ??= new GoTestOptions();
        ClockDriver driver = new(options.ValidatedLimits());
        options.CancellationToken.ThrowIfCancellationRequested();
        GoRuntime runtime = new(new GoRuntimeOptions
        {
            MaxProcs = options.MaxProcs,
            TimeProvider = driver.Clock,
            PanicHandler = driver.Panicked,
            DetectDeadlocks = false,
            Name = "test",
            Driver = driver,
        });
        RaceHooks.Observer?.Watch(runtime.Scheduler, null);
        runtime.Scheduler.Start(driver.MakeMain(body));

        using (options.CancellationToken.UnsafeRegister(static (self, token) => ((TestDriver)self!).Cancel(token), driver))
        {
            driver.WaitForEnd();
        }

        RaceHooks.Acquire(driver);
        if (RaceHooks.Observer?.TakeRaces(runtime.Scheduler) is { Count: not 0 } races)
        {
            throw new DataRaceException(races, driver.Failure?.Exception);
        }

        if (driver.Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure.Exception);
        }
    }
}
