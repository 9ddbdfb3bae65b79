using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR305: a wait for a condition that is not looked at again.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CondWaitOutsideLoopAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR305", "A condition is waited for outside a loop",
        "After this wait the condition may not hold: another goroutine may have been faster. Wait in a loop, 'while (!condition)', or pass the condition to the wait.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "GoCond wakes waiters; that the condition holds when they have the lock again it does not say. As Go's sync.Cond.",
        helpLinkUri: HelpLink("GOR305"));

    /// <summary>Creates the analyzer.</summary>
    public CondWaitOutsideLoopAnalyzer()
        : base(s_rule, Traits.Cond)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall wait in model.Calls)
        {
            if (wait is { Type: ApiType.GoCond, Name: "WaitAsync" or "Wait" } && !wait.Method.Parameters.Any(static parameter => parameter.Type.TypeKind == TypeKind.Delegate)
                && Operations.LoopAround(wait.Operation) is null)
            {
                Report(context, s_rule, wait.Operation.Syntax);
            }
        }
    }
}
