using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR212: a delivery of a cluster channel is handled, and nothing settles it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeliveryNotSettledAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR212", "A delivery is handled but never settled",
        "Nothing acknowledges '{0}': its value is delivered again and again, and is a dead letter in the end. Await '{0}.AckAsync()' after the work, or let ServeAsync do it.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A delivery that is disposed of unsettled is given back; one that is dropped goes to another receiver when its hold has run out.",
        helpLinkUri: HelpLink("GOR212"));

    /// <summary>Creates the analyzer.</summary>
    public DeliveryNotSettledAnalyzer()
        : base(s_rule, Traits.None)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        if (!model.Api.Knows(ApiType.Delivery))
        {
            return;
        }

        foreach (ISymbol variable in model.Variables)
        {
            if (variable is ILocalSymbol { Type: { } type } && model.Api.TypeOf(type) == ApiType.Delivery && FirstUse(model, variable) is { } use)
            {
                Report(context, s_rule, use.Syntax, variable.Name);
            }
        }
    }

    /// <summary>Returns where the value is used first, if the delivery is used for nothing but to look at it and to dispose it; else null.</summary>
    private static IOperation? FirstUse(BlockModel model, ISymbol delivery)
    {
        IOperation? first = null;
        foreach (Reference reference in model.ReferencesTo(delivery))
        {
            switch (Operations.Consumer(reference.Operation))
            {
                case IPropertyReferenceOperation { Property.Name: { } name } property:
                    first ??= name == "Value" ? property : null;
                    break;
                case IInvocationOperation { TargetMethod.Name: "DisposeAsync" }:
                case IUsingOperation:
                case ITupleOperation { Parent: IDeclarationExpressionOperation or IDeconstructionAssignmentOperation }:
                case IDeclarationExpressionOperation:
                    break;
                default:
                    return null; // it is settled, or other code has it
            }
        }

        return first;
    }
}
