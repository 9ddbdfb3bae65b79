using Goroutines.Analyzers.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace Goroutines.Analyzers.Tests;

/// <summary>What the rules say of themselves: to the compiler, and in the lists of the releases they came with.</summary>
public sealed class DescriptorTests
{
    private static readonly string s_releases = Path.Combine(AppContext.BaseDirectory, "releases");

    [Fact]
    public void Releases_NameEachRuleAsItIs()
    {
        string[] listed = [.. RowsOf("AnalyzerReleases.Shipped.md").Concat(RowsOf("AnalyzerReleases.Unshipped.md")).Order(StringComparer.Ordinal)];
        Assert.Equal(Analysis.Rules.Select(static rule => $"{rule.Id} | {rule.Category} | {(rule.IsEnabledByDefault ? rule.DefaultSeverity.ToString() : "Disabled")}"), listed);
    }

    [Fact]
    public void EachRule_IsInOneAnalyzer() => Assert.Equal(Analysis.Rules.Length, Analysis.Rules.DistinctBy(static rule => rule.Id).Count());

    /// <summary>The compiler leaves out an analyzer if a build shows none of its rules; one rule that it shows makes the others run, too.</summary>
    [Fact]
    public void EachAnalyzer_HasRulesOfOneKind()
    {
        foreach (DiagnosticAnalyzer analyzer in Analysis.Analyzers)
        {
            Assert.Single(analyzer.SupportedDiagnostics.Select(static rule => (rule.IsEnabledByDefault, rule.DefaultSeverity >= DiagnosticSeverity.Warning)).Distinct());
        }
    }

    /// <summary>As the compiler's own messages: one sentence has no period, several have one each.</summary>
    [Fact]
    public void EachRule_SaysWhatIsWrongAndWhy()
    {
        foreach (DiagnosticDescriptor rule in Analysis.Rules)
        {
            string message = rule.MessageFormat.ToString();
            Assert.Matches("^[A-Z].*[^.]$", rule.Title.ToString());
            Assert.Matches("^[A-Z'{]", message);
            Assert.True(message.Contains(". ", StringComparison.Ordinal) == message.EndsWith('.'), $"{rule.Id}: {message}");
            Assert.Matches(@"^[A-Za-z'].*\.$", rule.Description.ToString());
        }
    }

    private static IEnumerable<string> RowsOf(string file) => File.ReadAllLines(Path.Combine(s_releases, file))
        .Where(static line => line.StartsWith("GOR", StringComparison.Ordinal)).Select(static line => line[..line.LastIndexOf(" | ", StringComparison.Ordinal)]);
}
