using System.Diagnostics;
using System.Text;

namespace Goroutines.ModelTests.Model;

/// <summary>What an exploration has found.</summary>
internal sealed class Exploration
{
    /// <summary>Executions with outcomes of their own.</summary>
    internal int Executions { get; set; }

    /// <summary>Executions that turned out to be one of the others in another order.</summary>
    internal int Redundant { get; set; }

    /// <summary>Steps of the longest execution.</summary>
    internal int MostSteps { get; set; }

    /// <summary>Whether there is no schedule left, and none was left out.</summary>
    internal bool IsComplete { get; set; }

    internal Stopwatch? Elapsed { get; set; }

    internal string? Failure { get; set; }

    /// <summary>The schedule that fails, for <see cref="Explorer.Replay"/>.</summary>
    internal string? Choices { get; set; }

    internal IReadOnlyList<string> Trace { get; set; } = [];

    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(Executions).Append(" executions");
        if (Redundant != 0)
        {
            text.Append(" (and ").Append(Redundant).Append(" redundant)");
        }

        text.Append(Failure is not null ? ", the last one fails" : IsComplete ? ", complete" : ", not complete");
        text.Append("; up to ").Append(MostSteps).Append(" steps; ").Append(Elapsed?.ElapsedMilliseconds ?? 0).Append(" ms");
        if (Failure is not null)
        {
            text.AppendLine().AppendLine(Failure).Append("choices: ").AppendLine(Choices);
            foreach (string line in Trace)
            {
                text.Append("  ").AppendLine(line);
            }
        }

        return text.ToString();
    }
}
