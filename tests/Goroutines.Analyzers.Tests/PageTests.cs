using System.Text.RegularExpressions;
using Goroutines.Analyzers.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Goroutines.Analyzers.Tests;

/// <summary>Each rule's page in docs/analyzers says what the rule is, and its code is compiled: the wrong one reports exactly the rule, the right ones nothing.</summary>
public sealed partial class PageTests
{
    private static readonly string s_pages = Path.Combine(AppContext.BaseDirectory, "pages");

    public static TheoryData<string> Ids => [.. Analysis.Rules.Select(static rule => rule.Id)];

    [Fact]
    public void Pages_AreThoseOfTheRules() =>
        Assert.Equal(Analysis.Rules.Select(static rule => $"{rule.Id}.md").Append("README.md").Order(StringComparer.Ordinal), Directory.GetFiles(s_pages).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Heading_IsTheRules(string id)
    {
        DiagnosticDescriptor rule = Analysis.Rules.Single(rule => rule.Id == id);
        string[] lines = File.ReadAllLines(Path.Combine(s_pages, $"{id}.md"));
        Assert.Equal($"# {id}: {rule.Title}", lines[0]);
        string severity = Severity(rule);
        string fix = Analysis.Fixes.Any(fix => fix.FixableDiagnosticIds.Contains(id)) ? "Fix: " : "No automatic fix.";
        Assert.StartsWith($"Severity: {severity}. {fix}", lines[2], StringComparison.Ordinal);
        Assert.Contains($"[{id}]({id}.md) | {rule.Title} | {severity} |", File.ReadAllText(Path.Combine(s_pages, "README.md")), StringComparison.Ordinal);
        Assert.EndsWith($"docs/analyzers/{id}.md", rule.HelpLinkUri, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Code_IsReportedWhereItIsWrongAndNotWhereItIsRight(string id)
    {
        string[] halves = File.ReadAllText(Path.Combine(s_pages, $"{id}.md")).ReplaceLineEndings("\n").Split("\n## Right\n");
        string[] wrong = [.. Block().Matches(halves[0]).Select(static block => block.Groups[1].Value)];
        string[] right = [.. Block().Matches(halves[1]).Select(static block => block.Groups[1].Value)];
        Assert.NotEmpty(wrong);
        Assert.NotEmpty(right);
        foreach (string code in wrong)
        {
            Assert.Equal([id], (await ReportsAsync(id, code)).Distinct());
        }

        foreach (string code in right)
        {
            Assert.Empty(await ReportsAsync(id, code));
        }
    }

    private static async Task<string[]> ReportsAsync(string id, string code)
    {
        // Statements of an async method, or members of a class.
        CSharpCompilation compilation = Analysis.CompileSnippet(Analysis.Wrap(code), id == "GOR601", id);
        if (compilation.GetDiagnostics().Any(static found => found.Severity == DiagnosticSeverity.Error))
        {
            compilation = Analysis.CompileSnippet(Analysis.Wrap($"// members\n{code}"), id == "GOR601", id);
        }

        return [.. (await Analysis.RunAsync(compilation)).Select(static report => report.Id)];
    }

    private static string Severity(DiagnosticDescriptor rule) => (rule.IsEnabledByDefault, rule.DefaultSeverity) switch
    {
        (false, _) => "off",
        (_, DiagnosticSeverity.Error) => "error",
        (_, DiagnosticSeverity.Warning) => "warning",
        (_, DiagnosticSeverity.Hidden) => "hidden",
        _ => "suggestion",
    };

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
