using System.Globalization;
using Goroutines.Race.Tests.Corpus;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary><c>docs/conformance-race.md</c> and the ports agree.</summary>
public sealed class GoCorpusListTests
{
    private const string Heading = "## `runtime/race/testdata/";

    private static readonly string[] s_lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "conformance-race.md"));

    [Fact]
    public void List_EveryFunction_HasAPortOrAReason()
    {
        foreach ((string file, string name, string ours) in Rows())
        {
            GoCase? port = GoCorpus.All.SingleOrDefault(candidate => candidate.Name == name);
            if (port is null)
            {
                Assert.True(ours.StartsWith("no: ", StringComparison.Ordinal) || ours.StartsWith("not yet", StringComparison.Ordinal), $"{name} is listed with {ours}, which is no port and no reason");
            }
            else
            {
                Assert.Equal(file, port.File);
                Assert.Equal($"`{port.Body.Method.DeclaringType!.Name}.{port.Body.Method.Name}`", ours);
            }
        }
    }

    [Fact]
    public void Corpus_EveryPort_IsListedOnce()
    {
        ILookup<string, string> listed = Rows().ToLookup(static row => row.Name, static row => row.Ours);

        Assert.All(GoCorpus.All, port => Assert.Single(listed[port.Name]));
    }

    [Fact]
    public void Counts_OfEachFile_AreThoseOfItsRows()
    {
        foreach (IGrouping<string, (string File, string Name, string Ours)> file in Rows().GroupBy(static row => row.File))
        {
            int ported = file.Count(static row => row.Ours.StartsWith('`'));
            string counts = string.Create(CultureInfo.InvariantCulture, $"| `{file.Key}` | {file.Count()} | {ported} | {file.Count() - ported} |");
            Assert.Contains(counts, s_lines);
        }
    }

    private static IEnumerable<(string File, string Name, string Ours)> Rows()
    {
        string file = "";
        foreach (string line in s_lines)
        {
            if (line.StartsWith(Heading, StringComparison.Ordinal))
            {
                file = line[Heading.Length..^1];
            }
            else if (file.Length != 0 && line.StartsWith("| `", StringComparison.Ordinal))
            {
                string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
                yield return (file, cells[1].Trim('`'), cells[2]);
            }
        }
    }
}
