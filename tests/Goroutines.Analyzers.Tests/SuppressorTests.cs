using System.Collections.Immutable;
using Goroutines.Analyzers.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Xunit;

namespace Goroutines.Analyzers.Tests;

/// <summary>The suppressors, on reports by the ids that they are for.</summary>
public sealed class SuppressorTests
{
    [Theory]
    [InlineData("CA2007", "Go.Spawn(async () => await WorkAsync());", true)]
    [InlineData("VSTHRD111", "Go.Spawn(async () => await WorkAsync());", true)]
    [InlineData("MA0004", "await Go.ScopeAsync(async scope => { await WorkAsync(); });", true)]
    [InlineData("CA2007", "Goroutines.Cluster.ClusterChan<int> orders = null!; Use(orders.ServeAsync(async (order, lost) => await Task.Delay(order.Value, lost)));", true)]
    [InlineData("CA2007", "Func<Task> work = async () => await WorkAsync(); Use(work);", false)]
    [InlineData("CA2000", "var timer = new GoTimer(TimeSpan.FromSeconds(1)); var ticker = new Ticker(TimeSpan.FromSeconds(1)); Use(timer, ticker);", true)]
    [InlineData("CA2000", "var file = new MemoryStream(); Use(file);", false)]
    [InlineData("MA0045", "Go.Spawn(() => { new Chan<int>(1).Send(1); });", true)]
    [InlineData("MA0045", "new Chan<int>(1).Send(1);", false)]
    [InlineData("CA1849", "using (Go.EnterBlocking()) { Thread.Sleep(1); }", true)]
    [InlineData("VSTHRD103", "Go.Blocking(() => Thread.Sleep(1));", true)]
    [InlineData("MA0042", "using var region = Go.EnterBlocking(); Thread.Sleep(1);", true)]
    [InlineData("CA1849", "Thread.Sleep(1);", false)]
    public async Task Report_IsSuppressedWhereItIsWrong(string id, string code, bool expected)
    {
        CSharpCompilation compilation = Analysis.CompileSnippet($"internal class Snippet\n{{\n    public async Task Body()\n    {{\n{code}\n        await Task.CompletedTask;\n    }}\n}}\n");
        Assert.DoesNotContain(compilation.GetDiagnostics(), static found => found.Severity == DiagnosticSeverity.Error);
        var options = new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), null, concurrentAnalysis: false, logAnalyzerExecutionTime: false, reportSuppressedDiagnostics: true);
        CompilationWithAnalyzers analysis = compilation.WithAnalyzers([new Other(id), .. Analysis.Suppressors], options);
        ImmutableArray<Diagnostic> found = [.. (await analysis.GetAnalyzerDiagnosticsAsync()).Where(report => report.Id == id && Concerns(report, compilation))];
        Assert.NotEmpty(found);
        Assert.All(found, report => Assert.Equal(expected, report.IsSuppressed));
    }

    /// <summary>The await that ends the method is the frame's, not the case's.</summary>
    private static bool Concerns(Diagnostic report, CSharpCompilation compilation) => report.Location.SourceTree == compilation.SyntaxTrees.Last()
        && report.Location.SourceTree!.GetText().Lines.GetLineFromPosition(report.Location.SourceSpan.Start).LineNumber == 4
        && !report.Location.SourceTree.ToString().AsSpan(report.Location.SourceSpan.Start).StartsWith("Go.");

    /// <summary>Reports what the real rule of that id looks at: every await, every creation or every call.</summary>
#pragma warning disable RS1001, RS1017, RS1036 // no analyzer that anything loads
    private sealed class Other(string id) : DiagnosticAnalyzer
    {
        private readonly DiagnosticDescriptor _rule = new(id, "other", "other", "Other", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [_rule];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            OperationKind kind = id switch
            {
                "CA2000" => OperationKind.ObjectCreation,
                "MA0045" or "CA1849" or "VSTHRD103" or "MA0042" => OperationKind.Invocation,
                _ => OperationKind.Await,
            };
            context.RegisterOperationAction(
                found => found.ReportDiagnostic(Diagnostic.Create(_rule, (found.Operation is IAwaitOperation awaited ? awaited.Operation : found.Operation).Syntax.GetLocation())), kind);
        }
    }
}
