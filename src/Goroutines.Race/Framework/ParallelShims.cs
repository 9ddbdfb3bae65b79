using System.ComponentModel;

namespace Goroutines.Race;

/// <summary>Replaces the methods of <see cref="Parallel"/>: each call of a body is a strand.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Parallel))]
public static class ParallelShims
{
    private const string Name = "parallel body";

    /// <inheritdoc cref="Parallel.For(int, int, Action{int})"/>
    public static ParallelLoopResult For(int fromInclusive, int toExclusive, Action<int> body)
        => Joined(body, one => Parallel.For(fromInclusive, toExclusive, one));

    /// <inheritdoc cref="Parallel.For(int, int, ParallelOptions, Action{int})"/>
    public static ParallelLoopResult For(int fromInclusive, int toExclusive, ParallelOptions parallelOptions, Action<int> body)
        => Joined(body, one => Parallel.For(fromInclusive, toExclusive, parallelOptions, one));

    /// <inheritdoc cref="Parallel.For(long, long, Action{long})"/>
    public static ParallelLoopResult For(long fromInclusive, long toExclusive, Action<long> body)
        => Joined(body, one => Parallel.For(fromInclusive, toExclusive, one));

    /// <inheritdoc cref="Parallel.For(int, int, Action{int, ParallelLoopState})"/>
    public static ParallelLoopResult For(int fromInclusive, int toExclusive, Action<int, ParallelLoopState> body)
        => JoinedWithState(body, one => Parallel.For(fromInclusive, toExclusive, one));

    /// <inheritdoc cref="Parallel.ForEach{TSource}(IEnumerable{TSource}, Action{TSource})"/>
    public static ParallelLoopResult ForEach<TSource>(IEnumerable<TSource> source, Action<TSource> body, int site)
    {
        RaceAccess.ReadArgument(source, site);
        return Joined(body, one => Parallel.ForEach(source, one));
    }

    /// <inheritdoc cref="Parallel.ForEach{TSource}(IEnumerable{TSource}, ParallelOptions, Action{TSource})"/>
    public static ParallelLoopResult ForEach<TSource>(IEnumerable<TSource> source, ParallelOptions parallelOptions, Action<TSource> body, int site)
    {
        RaceAccess.ReadArgument(source, site);
        return Joined(body, one => Parallel.ForEach(source, parallelOptions, one));
    }

    /// <inheritdoc cref="Parallel.ForEach{TSource}(IEnumerable{TSource}, Action{TSource, ParallelLoopState})"/>
    public static ParallelLoopResult ForEach<TSource>(IEnumerable<TSource> source, Action<TSource, ParallelLoopState> body, int site)
    {
        RaceAccess.ReadArgument(source, site);
        return JoinedWithState(body, one => Parallel.ForEach(source, one));
    }

    /// <inheritdoc cref="Parallel.Invoke(Action[])"/>
    public static void Invoke(params Action[] actions) => Invoke(new ParallelOptions(), actions);

    /// <inheritdoc cref="Parallel.Invoke(ParallelOptions, Action[])"/>
    public static void Invoke(ParallelOptions parallelOptions, params Action[] actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        ForkJoin bodies = ForkJoin.Here(Name, numbersRuns: true);
        try
        {
            Parallel.Invoke(parallelOptions, Array.ConvertAll(actions, action => action is null ? null! : new Action(() => bodies.Run(static body => body(), action))));
        }
        finally
        {
            bodies.Join();
        }
    }

    /// <inheritdoc cref="Parallel.ForEachAsync{TSource}(IEnumerable{TSource}, Func{TSource, CancellationToken, ValueTask})"/>
    public static Task ForEachAsync<TSource>(IEnumerable<TSource> source, Func<TSource, CancellationToken, ValueTask> body, int site)
        => ForEachAsync(source, new ParallelOptions(), body, site);

    /// <inheritdoc cref="Parallel.ForEachAsync{TSource}(IEnumerable{TSource}, ParallelOptions, Func{TSource, CancellationToken, ValueTask})"/>
    public static Task ForEachAsync<TSource>(IEnumerable<TSource> source, ParallelOptions parallelOptions, Func<TSource, CancellationToken, ValueTask> body, int site)
    {
        ArgumentNullException.ThrowIfNull(body);
        RaceAccess.ReadArgument(source, site);
        ForkJoin bodies = ForkJoin.Here(Name, numbersRuns: true);
        return FrameworkSync.Ends(
            Parallel.ForEachAsync(source, parallelOptions, async (item, cancellationToken) =>
            {
                Strand strand = bodies.Next();
                Detector.Become(strand);
                try
                {
                    await body(item, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    bodies.End.ReleaseMerge(strand);
                    strand.End();
                }
            }),
            bodies.End);
    }

    private static ParallelLoopResult Joined<T>(Action<T> body, Func<Action<T>, ParallelLoopResult> loop)
    {
        ArgumentNullException.ThrowIfNull(body);
        ForkJoin bodies = ForkJoin.Here(Name, numbersRuns: true);
        try
        {
            return loop(item => bodies.Run(body, item));
        }
        finally
        {
            bodies.Join();
        }
    }

    private static ParallelLoopResult JoinedWithState<T>(Action<T, ParallelLoopState> body, Func<Action<T, ParallelLoopState>, ParallelLoopResult> loop)
    {
        ArgumentNullException.ThrowIfNull(body);
        ForkJoin bodies = ForkJoin.Here(Name, numbersRuns: true);
        try
        {
            return loop((item, state) => bodies.Run(one => body(one, state), item));
        }
        finally
        {
            bodies.Join();
        }
    }
}
