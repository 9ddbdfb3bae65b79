using Goroutines.Analyzers.Model;
using Goroutines.Analyzers.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace Goroutines.Analyzers.Tests;

/// <summary>For which members an analyzer of many rules calls a rule.</summary>
public sealed class RuleAnalyzerTests
{
    private const string UsesLock = "using (await new GoMutex().LockAsync()) { Use(); }";
    private const string UsesChannel = "await new Chan<int>(1).SendAsync(1);";
    private const string UsesNothing = "Use(await LoadAsync());";

    [Theory]
    [InlineData(UsesLock, (int)Traits.Lock, true)]
    [InlineData(UsesChannel, (int)Traits.Lock, false)]
    [InlineData(UsesChannel, (int)Traits.None, true)]
    [InlineData(UsesChannel, (int)(Traits.Channel | Traits.Lock), false)]
    [InlineData(UsesNothing, (int)Traits.None, false)]
    public async Task Rule_IsCalledForMembersThatHaveAllThatItNeeds(string code, int needs, bool called) =>
        Assert.Equal(called, await CallsAsync(code, (Traits)needs, ReportDiagnostic.Default) != 0);

    [Theory]
    [InlineData(ReportDiagnostic.Suppress, false)]
    [InlineData(ReportDiagnostic.Hidden, true)]
    [InlineData(ReportDiagnostic.Warn, true)]
    public async Task Rule_IsNotCalledForAFileWhereItIsOff(ReportDiagnostic severity, bool called) =>
        Assert.Equal(called, await CallsAsync(UsesLock, Traits.Lock, severity) != 0);

    private static async Task<int> CallsAsync(string code, Traits needs, ReportDiagnostic severity)
    {
        CSharpCompilation compilation = Analysis.CompileSnippet(Analysis.Wrap(code));
        compilation = compilation.WithOptions(compilation.Options.WithSyntaxTreeOptionsProvider(new Severity(severity)));
        Counted counted = new(needs), other = new(needs, "GOR998");
        await compilation.WithAnalyzers([new Both(counted, other)]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        if (severity == ReportDiagnostic.Suppress)
        {
            Assert.NotEqual(0, other.Calls); // the compiler leaves out an analyzer of which all rules are off
        }

        return counted.Calls;
    }

#pragma warning disable RS1001, RS1036 // no analyzer that anything loads
    private sealed class Both(Rule one, Rule other) : RuleAnalyzer(one, other);
#pragma warning restore RS1001, RS1036

    private sealed class Counted(Traits needs, string id = "GOR999") : Rule(id, needs, "Counts", "It counts", "It counts its calls.")
    {
        public int Calls;

        public override void Check(BlockModel model, OperationBlockAnalysisContext context) => Interlocked.Increment(ref Calls);
    }

    /// <summary>An .editorconfig that gives the counted rule a severity.</summary>
    private sealed class Severity(ReportDiagnostic value) : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.NotGenerated;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            severity = value;
            return diagnosticId == "GOR999" && value != ReportDiagnostic.Default;
        }

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            severity = default;
            return false;
        }
    }
}
