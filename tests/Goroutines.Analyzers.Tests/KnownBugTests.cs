using System.Text.RegularExpressions;
using Goroutines.Analyzers.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Goroutines.Analyzers.Tests;

/// <summary>
/// The rules on the programs that GoTest.Explore is tested with (tests/Goroutines.Testing.Tests/KnownBugs): what can be seen without
/// running a program, and that the programs without the bugs are left alone.
/// </summary>
public sealed partial class KnownBugTests
{
    [Fact]
    public async Task Bugs_AreReportedWhereTheTextShowsThem()
    {
        (string Method, string Rule)[] reports = await ReportsAsync();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join('\n', reports.Select(static report => $"{report.Method}: {report.Rule}")));
        int bugs = reports.Where(static report => report.Method.EndsWith("Buggy", StringComparison.Ordinal)).Select(static report => report.Method).Distinct().Count();
        Assert.True(bugs >= 18, $"{bugs} bugs are reported");
    }

    [Fact]
    public async Task FixedPrograms_AreNotReported() =>
        Assert.DoesNotContain(await ReportsAsync(), static report => !report.Method.EndsWith("Buggy", StringComparison.Ordinal));

    private static async Task<(string Method, string Rule)[]> ReportsAsync()
    {
        // Their suppressions are for the build of the tests; here the rules are to speak.
        IEnumerable<(string, string)> files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "known-bugs"), "*.cs")
            .Where(static path => !path.EndsWith("KnownBugTests.cs", StringComparison.Ordinal))
            .Select(static path => (path, Suppression().Replace(File.ReadAllText(path), "")));
        CSharpCompilation compilation = Analysis.Compile([("Usings.cs", "global using System; global using System.Collections.Generic; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;"), .. files]);
        return [.. (await Analysis.RunAsync(compilation)).Select(static report => (MethodOf(report), report.Id))];
    }

    private static string MethodOf(Diagnostic report) => report.Location.SourceTree!.GetRoot().FindNode(report.Location.SourceSpan)
        .AncestorsAndSelf().OfType<MethodDeclarationSyntax>().Last().Identifier.ValueText;

    [GeneratedRegex("^#pragma warning .*$", RegexOptions.Multiline)]
    private static partial Regex Suppression();
}
