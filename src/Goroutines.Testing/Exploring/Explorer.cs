using System.Runtime.ExceptionServices;
using Goroutines.Runtime;

namespace Goroutines.Testing.Exploring;

/// <summary>Runs a body under one schedule after another, each in a new runtime. One thread is the worker of all of them.</summary>
/// <remarks>The explorer has its own thread, because the caller's may have a synchronization context, and because a schedule may block the
/// thread for good. The caller watches from outside, and abandons the thread in that case.</remarks>
internal sealed class Explorer
{
    /// <summary>How often a schedule is repeated at most to find its race, or both stacks of the race. A garbage collection between the two
    /// accesses hides a race, and so does an access elsewhere in the process that falls on the same place in the table.</summary>
    private const int RaceAttempts = 10;

    private readonly Delegate _body;
    private readonly ExploreOptions _options;
    private readonly Func<Explorer, Strategy?> _nextStrategy;
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private readonly ParkingNote _note = new();
    private volatile bool _done;
    private volatile ExploringDriver? _driver;
    private volatile Strategy? _strategy;
    private Exception? _outcome;
    private bool _replays;

    private Explorer(Delegate body, ExploreOptions options, Func<Explorer, Strategy?> nextStrategy)
    {
        _body = body;
        _options = options;
        _nextStrategy = nextStrategy;
    }

    private int Schedules { get; set; }

    private int MostSteps { get; set; }

    private int MostChoices { get; set; }

    /// <summary>Explores until a schedule fails, or enough have been run.</summary>
    /// <exception cref="ExplorationException">A schedule failed.</exception>
    internal static ExploreResult Explore(Delegate body, ExploreOptions options)
    {
        PathStrategy path = new(options.PreemptionBound);
        bool complete = false;
        Explorer explorer = new(body, options, explorer =>
        {
            if (options.Strategy == ExploreStrategy.Exhaustive)
            {
                complete = explorer.Schedules != 0 && !path.MoveOn();
                return complete || explorer.Schedules == options.Schedules ? null : path;
            }

            return explorer.Schedules == options.Schedules ? null : Draw(options, explorer.Schedules, explorer.MostChoices);
        });
        explorer.Run();
        return new ExploreResult(explorer.Schedules, complete, explorer.MostSteps);
    }

    /// <summary>Runs the single schedule that <paramref name="strategy"/> gives.</summary>
    /// <exception cref="ExplorationException">It failed.</exception>
    internal static void Replay(Delegate body, Strategy strategy, ExploreOptions options)
        => new Explorer(body, options, explorer => explorer.Schedules == 0 ? strategy : null) { _replays = true }.Run();

    private static Strategy Draw(ExploreOptions options, int number, int mostChoices)
    {
        ulong seed = Dice.Derive((ulong)options.Seed, number);
        bool random = options.Strategy == ExploreStrategy.Random || (options.Strategy == ExploreStrategy.Mixed && number % 2 == 0);
        int depth = options.Strategy == ExploreStrategy.Pct ? options.Depth : 1 + (number / 2 % options.Depth);
        return random ? new RandomStrategy(seed) : new PctStrategy(seed, depth, Math.Max(1, mostChoices));
    }

    private void Run()
    {
        Exploration.Begin();
        Thread thread = new(static self => ((Explorer)self!).RunAll())
        {
            IsBackground = true,
            Name = "explorer",
        };
        try
        {
            thread.UnsafeStart(this);
        }
        catch
        {
            Exploration.End(); // once started, the thread does this at its end
            throw;
        }

        while (!_done)
        {
            _note.Sleep(_options.Limits.LookEvery);
            if (_done || _driver is not { } driver)
            {
                continue;
            }

            driver.Look();
            if (_options.CancellationToken.IsCancellationRequested)
            {
                driver.Cancel(_options.CancellationToken);
            }

            if ((driver.IsCancelled || driver.Failure is { Kind: FailureKind.Outside or FailureKind.RealLimit }) && !_note.Sleep(1_000_000_000) && !_done)
            {
                // The thread is stuck in the body. Exploration stays on until it returns.
                ExceptionDispatchInfo.Throw(Outcome(driver));
            }
        }

        if (_outcome is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private void RunAll()
    {
        try
        {
            while (_nextStrategy(this) is { } strategy)
            {
                _options.CancellationToken.ThrowIfCancellationRequested();
                _strategy = strategy;
                ExploringDriver driver = new(strategy, _options.MaxSteps, _options.EarlyTimers, _options.Limits);
                IReadOnlyList<RaceFinding> races = RunOne(driver, null);
                for (int attempt = 1; _replays && attempt < RaceAttempts && RaceHooks.Observer is not null && races.Count == 0 && driver.Failure is null; attempt++)
                {
                    driver = Again();
                    races = RunOne(driver, null);
                }

                Schedules++;
                MostSteps = Math.Max(MostSteps, driver.Steps);
                MostChoices = Math.Max(MostChoices, driver.Choices);
                if (races.Count != 0)
                {
                    _outcome = Raced(driver, races);
                    break;
                }

                if (driver.Failure is not null)
                {
                    _outcome = Outcome(driver);
                    break;
                }
            }
        }
        catch (Exception exception)
        {
            // If the schedule was ended before its runtime could begin, that is the cause of this exception.
            _outcome = _driver is { Failure: not null } ended ? Outcome(ended) : exception;
        }

        Exploration.End();
        _done = true;
        _note.Wake();
    }

    /// <param name="driver">Directs the schedule.</param>
    /// <param name="stack">The access whose stack the race detector is to capture; null for none.</param>
    /// <returns>The data races that were found.</returns>
    private IReadOnlyList<RaceFinding> RunOne(ExploringDriver driver, RaceStackRequest? stack)
    {
        GoRuntime runtime = new(new GoRuntimeOptions
        {
            MaxProcs = 1,
            TimeProvider = driver.Clock,
            PanicHandler = driver.Panicked,
            DetectDeadlocks = false,
            Name = "explored",
            Driver = driver,
        });
        _driver = driver; // from here on the caller watches it
        RaceHooks.Observer?.Watch(runtime.Scheduler, stack);
        G main = null!;
        if (_context is null)
        {
            main = driver.MakeMain(_body);
        }
        else
        {
            ExecutionContext.Run(_context, _ => main = driver.MakeMain(_body), null);
        }

        runtime.Scheduler.WorkHere(main);

        driver.WaitForFinish(); // the worker may have retired in favour of another one, which continues
        driver.StopThreads();
        return RaceHooks.Observer?.TakeRaces(runtime.Scheduler) ?? [];
    }

    /// <summary>Returns a driver that repeats the current schedule.</summary>
    private ExploringDriver Again()
        => new(ScheduleSeed.Parse(ScheduleSeed.Format(_strategy!, _options.EarlyTimers), out _), _options.MaxSteps, _options.EarlyTimers, _options.Limits);

    /// <summary>Repeats the schedule to get the stacks of both accesses.</summary>
    private ExplorationException Raced(ExploringDriver driver, IReadOnlyList<RaceFinding> races)
    {
        string seed = ScheduleSeed.Format(_strategy!, _options.EarlyTimers);
        for (int attempt = 0; attempt < RaceAttempts && races[0].Earlier is { } earlier && !driver.IsCancelled && driver.Failure is null; attempt++)
        {
            IReadOnlyList<RaceFinding> repeated = RunOne(Again(), earlier);
            races = repeated.Count == 0 ? races : repeated;
        }

        return new ExplorationException(FailureKind.DataRace, new DataRaceException(races, driver.Failure?.Exception), seed, Schedules, driver.Trace.Format());
    }

    private Exception Outcome(ExploringDriver driver) => driver.IsCancelled ? driver.Failure!.Exception : Failed(driver);

    private ExplorationException Failed(ExploringDriver driver) => new(
        driver.Failure!.Kind,
        driver.Failure.Exception,
        ScheduleSeed.Format(_strategy!, _options.EarlyTimers),
        Schedules == 0 ? 1 : Schedules,
        driver.Trace.Format());
}
