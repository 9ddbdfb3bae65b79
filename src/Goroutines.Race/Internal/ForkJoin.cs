namespace Goroutines.Race;

/// <summary>Bodies that the framework runs beside one another, or later: each run is a strand of its own.</summary>
internal sealed class ForkJoin
{
    private static int s_made;

    private readonly string _name;
    private readonly bool _numbersRuns;
    private int _runs;

    private readonly SyncObject _begin = new();
    private readonly SyncObject _end = new();
    private Strand _creator = Strand.Outside;

    private ForkJoin(string name, bool numbersRuns)
    {
        _name = name;
        _numbersRuns = numbersRuns;
    }

    /// <summary>The object to which each run releases at its end.</summary>
    internal SyncObject End => _end;

    /// <summary>Makes bodies that come after what the caller has done so far.</summary>
    internal static ForkJoin Here(string name, bool numbersRuns = false)
    {
        ForkJoin made = new(numbersRuns ? name : NameOf(name), numbersRuns);
        made.Allow();
        return made;
    }

    /// <summary>A name that no other strand of the process has.</summary>
    internal static string NameOf(string kind) => $"{kind} {Interlocked.Increment(ref s_made)}";

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
        Strand strand = Strand.Beside(_creator, _numbersRuns ? $"{_name} {Interlocked.Increment(ref _runs)}" : _name);
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

    private void Ended(Strand strand, in Detector.Entered entered)
    {
        _end.ReleaseMerge(strand);
        Detector.Leave(entered);
        strand.End();
    }
}
