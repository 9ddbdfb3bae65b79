using System.Diagnostics;
using System.Globalization;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines.ModelTests.Model;

/// <summary>Runs a program under all schedules that can have different outcomes, or until one fails.</summary>
/// <remarks>
/// Pending stores name their places by address, so nothing may be moved during an execution: batches of executions run in
/// a region without collections, and one in which there was a collection all the same is run again.
/// </remarks>
internal static class Explorer
{
    private const long RegionSize = 128L << 20;
    private const long RegionLimit = 64L << 20;

    internal static Exploration Explore(Func<ModelProgram> program, ExplorerOptions? options = null)
    {
        options ??= new ExplorerOptions();
        Search search = new(options);
        using Execution execution = new(search, options);
        Exploration result = new() { Elapsed = Stopwatch.StartNew() };
        try
        {
            // What the first execution initialises (statics, caches), no later one does: that one does not count.
            Warm(program, options);
            bool more = true;
            while (more && result.Executions + result.Redundant < options.MostExecutions)
            {
                if (!TryRun(execution, program))
                {
                    continue;
                }

                if (search.IsRedundant)
                {
                    result.Redundant++;
                }
                else
                {
                    result.Executions++;
                }

                result.MostSteps = Math.Max(result.MostSteps, search.Depth);
                if (execution.Failure is { } failure)
                {
                    result.Failure = failure;
                    result.Choices = Format(search.Choices());
                    break;
                }

                more = search.Next();
            }

            result.IsComplete = !more && !search.IsBounded;
        }
        finally
        {
            Collections.EndRegion();
        }

        if (result.Choices is not null)
        {
            result.Trace = Replay(program, result.Choices, options).Trace;
        }

        return result;
    }

    /// <summary>Runs one execution by its choices, and writes down what happens.</summary>
    internal static Exploration Replay(Func<ModelProgram> program, string choices, ExplorerOptions? options = null)
    {
        options ??= new ExplorerOptions();
        Search search = new(options);
        using Execution execution = new(search, options);
        try
        {
            Warm(program, options);
            do
            {
                search.Replay(Parse(choices));
                execution.Trace = new Trace();
            }
            while (!TryRun(execution, program));
        }
        finally
        {
            Collections.EndRegion();
        }

        return new Exploration { Executions = 1, Failure = execution.Failure, Choices = choices, Trace = execution.Trace!.Lines };
    }

    private static void Warm(Func<ModelProgram> program, ExplorerOptions options)
    {
        _ = GoRuntime.Default;
        _ = Pool<SyncWaiter>.Kind + Pool<ReadHold>.Kind; // taken once: no step of whichever execution comes first
        using Execution execution = new(new Search(options), options);
        execution.Run(program());
    }

    private static bool TryRun(Execution execution, Func<ModelProgram> make)
    {
        Collections.EnterRegion(RegionSize, RegionLimit);
        int collections = GC.CollectionCount(0);
        ModelProgram program = make();
        execution.Run(program);
        if (execution.Failure is null && !execution.Search.IsRedundant)
        {
            try
            {
                program.Check();
            }
            catch (Exception exception)
            {
                execution.Fail($"At the end: {exception.Message}");
            }
        }

        return collections == GC.CollectionCount(0);
    }

    /// <summary>Actors in the order of their steps, runs of one written as <c>actor*times</c>, and as <c>actor~age</c> one that loads an old value.</summary>
    private static string Format(int[] choices)
    {
        List<string> runs = [];
        for (int i = 0, end; i < choices.Length; i = end)
        {
            for (end = i + 1; end < choices.Length && choices[end] == choices[i];)
            {
                end++;
            }

            int actor = choices[i] & ((1 << Search.AgeShift) - 1);
            int age = choices[i] >> Search.AgeShift;
            runs.Add($"{actor}{(age == 0 ? "" : $"~{age}")}{(end - i == 1 ? "" : $"*{end - i}")}");
        }

        return string.Join(' ', runs);
    }

    private static int[] Parse(string choices) => [.. choices.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(static run =>
    {
        string[] parts = run.Split('*');
        string[] choice = parts[0].Split('~');
        int age = choice.Length == 1 ? 0 : Number(choice[1]);
        return Enumerable.Repeat(Number(choice[0]) | (age << Search.AgeShift), parts.Length == 1 ? 1 : Number(parts[1]));

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    })];
}
