using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR104: the handle of <c>Go.Run</c> is dropped in a synchronous function.</summary>
/// <remarks>In async functions the compiler says so (CS4014); the children of a scope belong to the scope.</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HandleDroppedAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR104", "The handle of a goroutine is dropped",
        "Nothing joins this goroutine: an exception in it stays unseen until the handle is collected. Use 'Spawn', whose exceptions go to the panic handler, or keep the handle and await it.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "The exception of a goroutine started by Run belongs to its handle.",
        helpLinkUri: HelpLink("GOR104"));

    /// <summary>Creates the analyzer.</summary>
    public HandleDroppedAnalyzer()
        : base(s_rule, Traits.Delegate)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (call is { Type: ApiType.Go or ApiType.GoRuntime, Name: "Run", Body.IsAsync: false, Operation.Parent: IExpressionStatementOperation })
            {
                Report(context, s_rule, call.Operation.Syntax);
            }
        }
    }
}
