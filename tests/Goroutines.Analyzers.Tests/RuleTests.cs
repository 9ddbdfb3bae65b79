using System.Collections.Immutable;
using System.Text;
using Goroutines.Analyzers.Tests.Support;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Goroutines.Analyzers.Tests;

/// <summary>The cases in Cases/GORnnn.txt.</summary>
public sealed class RuleTests
{
    public static TheoryData<string> Reported => [.. Of("wrong", "wrong in tests")];

    public static TheoryData<string> NotReported => [.. Of("right", "right in tests")];

    public static TheoryData<string> Fixed => [.. Of("fix", "fix in tests")];

    [Fact]
    public void EachRule_HasThreeWrongAndThreeRightCases()
    {
        foreach (DiagnosticDescriptor rule in Analysis.Rules)
        {
            RuleCase[] cases = [.. RuleCase.All.Where(one => one.Rule == rule.Id)];
            Assert.True(cases.Count(static one => one.Kind.StartsWith("wrong", StringComparison.Ordinal)) >= 3, $"{rule.Id} has fewer than three wrong cases");
            Assert.True(cases.Count(static one => one.Kind.StartsWith("right", StringComparison.Ordinal)) >= 3, $"{rule.Id} has fewer than three right cases");
        }

        Assert.Equal(RuleCase.All.Count, RuleCase.All.DistinctBy(static one => one.ToString()).Count());
    }

    [Fact]
    public void EachFix_HasACase()
    {
        foreach (string id in Analysis.Fixes.SelectMany(static fix => fix.FixableDiagnosticIds))
        {
            Assert.True(RuleCase.All.Any(one => one.Rule == id && one.Kind.StartsWith("fix", StringComparison.Ordinal)), $"the fix of {id} has no case");
        }
    }

    [Theory]
    [MemberData(nameof(Reported))]
    public async Task Wrong_IsReportedWhereItIsMarkedAndNothingElseIs(string name)
    {
        RuleCase one = Find(name);
        string marked = Analysis.Wrap(one.Code);
        (string code, string[] expected) = Unmark(one.Rule, marked);
        Assert.NotEmpty(expected);
        string[] reports = await ReportsAsync(code, one);
        Assert.Equal(expected, reports);
    }

    [Theory]
    [MemberData(nameof(NotReported))]
    public async Task Right_IsNotReported(string name)
    {
        RuleCase one = Find(name);
        Assert.Empty(await ReportsAsync(Analysis.Wrap(one.Code), one));
    }

    [Theory]
    [MemberData(nameof(Fixed))]
    public async Task Fix_MakesIt(string name)
    {
        RuleCase one = Find(name);
        string[] parts = one.Code.Split("\n--- becomes\n");
        string before = Analysis.Wrap(parts[0]), after = Analysis.Wrap(parts[1]);
        string result = await Fixing.OneByOneAsync(before, one);
        Assert.Equal(Normal(after), Normal(result));
        if (await Fixing.AllAtOnceAsync(before, one) is { } together)
        {
            Assert.Equal(Normal(after), Normal(together));
        }
    }

    private static string[] Of(params string[] kinds) => [.. RuleCase.All.Where(one => kinds.Contains(one.Kind)).Select(static one => one.ToString())];

    private static RuleCase Find(string name) => RuleCase.All.Single(one => one.ToString() == name);

    private static async Task<string[]> ReportsAsync(string code, RuleCase one)
    {
        ImmutableArray<Diagnostic> found = await Analysis.RunAsync(Analysis.CompileSnippet(code, one.InTests, one.Rule));
        return [.. found.Select(static report => At(report.Id, report.Location.GetLineSpan().StartLinePosition.Line, report.Location.GetLineSpan().StartLinePosition.Character))];
    }

    private static (string Code, string[] Expected) Unmark(string id, string marked)
    {
        List<string> expected = [];
        StringBuilder code = new();
        int line = 0, column = 0;
        for (int i = 0; i < marked.Length; i++)
        {
            if (marked.AsSpan(i).StartsWith("[|"))
            {
                expected.Add(At(id, line, column));
                i++;
            }
            else if (marked.AsSpan(i).StartsWith("|]"))
            {
                i++;
            }
            else
            {
                code.Append(marked[i]);
                (line, column) = marked[i] == '\n' ? (line + 1, 0) : (line, column + 1);
            }
        }

        return (code.ToString(), [.. expected]);
    }

    private static string At(string id, int line, int column) => $"{id} at ({line + 1},{column + 1})";

    /// <summary>White space at the ends of lines and indentation are the formatter's.</summary>
    private static string Normal(string code) => string.Join('\n', code.ReplaceLineEndings("\n").Split('\n').Select(static line => line.Trim()).Where(static line => line.Length != 0));
}
