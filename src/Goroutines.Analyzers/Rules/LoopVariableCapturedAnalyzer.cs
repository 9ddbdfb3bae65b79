using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR101: a goroutine started in a <c>for</c> loop uses the loop's own variable, which is one for all rounds.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LoopVariableCapturedAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR101", "A goroutine uses the variable of a for loop",
        "'{0}' is one variable for all rounds of the loop: the goroutine may see the value of a later round. Copy it to a variable declared in the loop, or pass it as an argument.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "The variable of a for loop lives as long as the loop, unlike that of foreach, and unlike Go's since 1.22.",
        helpLinkUri: HelpLink("GOR101"));

    /// <summary>Creates the analyzer.</summary>
    public LoopVariableCapturedAnalyzer()
        : base(s_rule, Traits.Goroutine)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (Body body in model.Bodies)
        {
            if (body is { Kind: BodyKind.Goroutine, Root: IAnonymousFunctionOperation, Starts: [ApiCall start] }
                && Operations.LoopAround(start.Operation) is { } innermost)
            {
                for (ILoopOperation? loop = innermost; loop is not null; loop = Operations.LoopAround(loop))
                {
                    if (loop is IForLoopOperation @for && !Joins.InRound(model, start, innermost))
                    {
                        CheckLoop(model, context, body, @for);
                    }
                }
            }
        }
    }

    private static void CheckLoop(BlockModel model, OperationBlockAnalysisContext context, Body body, IForLoopOperation loop)
    {
        foreach (ISymbol variable in model.CapturedBy(body))
        {
            if (variable is not ILocalSymbol { IsRef: false } || !IsChangedByHeader(model, loop, variable))
            {
                continue;
            }

            foreach (Reference reference in model.ReferencesTo(variable))
            {
                if (reference.Body.IsWithin(body))
                {
                    Report(context, s_rule, reference.Operation.Syntax, variable.Name);
                    break;
                }
            }
        }
    }

    private static bool IsChangedByHeader(BlockModel model, IForLoopOperation loop, ISymbol variable)
    {
        foreach (Reference reference in model.ReferencesTo(variable))
        {
            if (reference.IsWrite && loop.AtLoopBottom.Any(step => Operations.Contains(step, reference.Operation)))
            {
                return true;
            }
        }

        return false;
    }
}
