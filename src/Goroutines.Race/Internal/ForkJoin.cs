namespace Goroutines.Race;

/// <summary>Bodies that the framework runs beside one another, or later: each run is a strand of its own.</summary>
internal sealed class ForkJoin
{
    private static long s_made;

    private readonly string _kind;
    private readonly After _after;
    private readonly bool _numbersRuns;

    /// <summary>The number of the strand; if the runs are numbered, of the last run.</summary>
    private long _number;

    private readonly SyncObject _begin = new();
    private readonly SyncObject _end = new();
    private Strand _creator = Strand.Outside;

    private ForkJoin(string kind, After after, bool numbersRuns)
    {
        _kind = kind;
        _after = after;
        _numbersRuns = numbersRuns;
        _number = numbersRuns ? 0 : NextNumber();
    }

    /// <summary>What runs come after.</summary>
    internal enum After
    {
        /// <summary>What their creator had done.</summary>
        Creator,

        /// <summary>That, and the tasks that are their first argument.</summary>
        FirstArgument,

        /// <summary>That, and what unknown code may have passed on. What follows may come after the runs in the same way.</summary>
        Unknown,
    }

    /// <summary>The object to which each run releases at its end.</summary>
    internal SyncObject End => _end;

    /// <summary>Makes bodies that come after what the caller has done so far.</summary>
    internal static ForkJoin Here(string kind, After after = After.Creator, bool numbersRuns = false)
    {
        ForkJoin made = new(kind, after, numbersRuns);
        made.Allow();
        return made;
    }

    /// <summary>Returns a number that no other strand of its kind has.</summary>
    internal static long NextNumber() => Interlocked.Increment(ref s_made);

    /// <summary>Orders what the caller has done so far before the runs that begin from now on.</summary>
    internal void Allow()
    {
        _creator = Detector.Current;
        _begin.ReleaseMerge(_creator);
    }

    /// <summary>Orders the runs that have ended before the caller's next steps.</summary>
    internal void Join() => _end.Acquire(Detector.Current);

    /// <summary>Orders the runs that have ended before the strand's next steps.</summary>
    internal void JoinTo(Strand strand) => _end.Acquire(strand);

    /// <summary>Returns the strand of the next run.</summary>
    internal Strand Next()
    {
        Strand strand = Strand.Beside(_creator, _kind, _numbersRuns ? Interlocked.Increment(ref _number) : _number);
        _begin.Acquire(strand);
        return strand;
    }

    /// <summary>Runs a body that does not wait for tasks.</summary>
    internal void Run<T>(Action<T> body, T argument) => Run(Next(), body, argument);

    internal void Run<T>(Strand strand, Action<T> body, T argument)
    {
        Detector.Entered entered = Detector.Enter(strand);
        try
        {
            body(argument);
        }
        finally
        {
            Ended(strand, entered);
        }
    }

    /// <inheritdoc cref="Run{T}(Action{T}, T)"/>
    internal TResult Run<T, TResult>(Func<T, TResult> body, T argument)
    {
        Strand strand = Next();
        Detector.Entered entered = Detector.Enter(strand);
        try
        {
            return body(argument);
        }
        finally
        {
            Ended(strand, entered);
        }
    }

    /// <summary>Runs a body that may return a task.</summary>
    /// <param name="first">The first argument that the framework has given to the body; null if there is none.</param>
    /// <param name="body">The body.</param>
    /// <param name="argument">Its argument.</param>
    internal TResult RunAfter<T, TResult>(object? first, Func<T, TResult> body, T argument)
    {
        Strand strand = Next();
        if (_after == After.FirstArgument)
        {
            FrameworkSync.AcquireEnds(first, strand);
        }
        else if (_after == After.Unknown)
        {
            FrameworkSync.Unknown.Acquire(strand);
        }

        Detector.Entered entered = Detector.Enter(strand);
        TResult? result = default;
        try
        {
            return result = body(argument);
        }
        finally
        {
            Ended(strand, entered, continues: result is Task);
        }
    }

    private void Ended(Strand strand, in Detector.Entered entered, bool continues = false)
    {
        _end.ReleaseMerge(strand);
        if (_after == After.Unknown)
        {
            FrameworkSync.Unknown.ReleaseMerge(strand);
        }

        Detector.Leave(entered);
        if (!continues)
        {
            strand.End();
        }
    }
}
