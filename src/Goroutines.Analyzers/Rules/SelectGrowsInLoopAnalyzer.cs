using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR210: a loop adds cases to a select that it waits for in every round.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SelectGrowsInLoopAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR210", "A select gets more cases in every round",
        "This adds a case to '{0}' in every round of the loop that waits for it: the select grows, and the indices shift. Add the cases once, before the loop.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A Select is built once and waited for as often as one likes.",
        helpLinkUri: HelpLink("GOR210"));

    /// <summary>Creates the analyzer.</summary>
    public SelectGrowsInLoopAnalyzer()
        : base(s_rule, Traits.Select)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall added in model.Calls)
        {
            if (added is { Type: ApiType.Select, Target: { IsVariable: true } select } && SelectCases.IsAddition(added.Method)
                && Operations.LoopAround(added.Operation) is { } loop && !Operations.Contains(loop, select.Symbol)
                && !model.ReferencesTo(select.Symbol).Any(static reference => reference.IsWrite)
                && model.Calls.Any(call => call is { Type: ApiType.Select, Name: "WaitAsync" or "Wait" or "TryWait" } && select.Equals(call.Target)
                    && ReferenceEquals(Operations.LoopAround(call.Operation), loop))
                && !model.Calls.Any(call => call is { Type: ApiType.Select, Name: "Remove" } && select.Equals(call.Target))
                && !IsConditional(added.Operation, loop))
            {
                Report(context, s_rule, added.Operation.Syntax, select.Symbol.Name);
            }
        }
    }

    /// <summary>Tells whether a case is added under a condition. Such a case becomes known only in the loop.</summary>
    private static bool IsConditional(IOperation operation, ILoopOperation loop)
    {
        for (IOperation? parent = operation.Parent; parent is not null && !ReferenceEquals(parent, loop); parent = parent.Parent)
        {
            if (parent is IConditionalOperation or ISwitchOperation)
            {
                return true;
            }
        }

        return false;
    }
}
