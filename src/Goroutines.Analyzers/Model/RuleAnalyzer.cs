using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers.Model;

/// <summary>A rule that looks at one member at a time. Does nothing in a compilation that does not use the library.</summary>
public abstract class RuleAnalyzer : DiagnosticAnalyzer
{
    private protected const string Category = "Goroutines";

    private static readonly string s_pages = Pages();

    private readonly Traits _needs;

    /// <summary>Creates a rule that looks at members that have all of some traits.</summary>
    private protected RuleAnalyzer(DiagnosticDescriptor rule, Traits needs)
    {
        SupportedDiagnostics = [rule];
        _needs = needs;
    }

    /// <inheritdoc/>
    public sealed override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; }

    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (Api.Of(start.Compilation) is { } api)
            {
                Register(start, api);
            }
        });
    }

    private protected virtual void Register(CompilationStartAnalysisContext context, Api api) => context.RegisterOperationBlockAction(block =>
    {
        if (ModelOf(api, block) is { } model)
        {
            Check(model, block);
        }
    });

    /// <summary>Looks at one member that mentions the library.</summary>
    private protected virtual void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
    }

    /// <summary>Returns the model of a member; null if the member does not have what the rule needs.</summary>
    private protected BlockModel? ModelOf(Api api, OperationBlockAnalysisContext block) =>
        BlockModel.Of(api, block.OperationBlocks, block.OwningSymbol) is { } model && (model.Traits & _needs) == _needs ? model : null;

    private protected static void Report(OperationBlockAnalysisContext context, DiagnosticDescriptor rule, SyntaxNode where, params object[] arguments) =>
        context.ReportDiagnostic(Diagnostic.Create(rule, where.GetLocation(), arguments));

    /// <summary>Reports with a severity other than the rule's own, which a user's configuration still overrides.</summary>
    private protected static void Report(
        OperationBlockAnalysisContext context, DiagnosticDescriptor rule, SyntaxNode where, DiagnosticSeverity severity, params object[] arguments) =>
        context.ReportDiagnostic(Diagnostic.Create(rule, where.GetLocation(), severity, null, null, arguments));

    /// <summary>Returns the address of a rule's page in the sources of this version.</summary>
    private protected static string HelpLink(string id) => $"{s_pages}{id}.md";

    private static string Pages()
    {
        foreach (AssemblyMetadataAttribute metadata in typeof(RuleAnalyzer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>())
        {
            if (metadata is { Key: "RepositoryUrl", Value: { Length: > 0 } url })
            {
                Version version = typeof(RuleAnalyzer).Assembly.GetName().Version;
                return $"{(url.EndsWith(".git", StringComparison.Ordinal) ? url.Substring(0, url.Length - 4) : url)}/blob/v{version.ToString(3)}/docs/analyzers/";
            }
        }

        return "docs/analyzers/"; // built from sources that have no remote
    }
}
