using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR211: a loop ends when TryReceive returns false, which it never does on a closed channel.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TryReceiveLoopNeverEndsAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR211", "A loop over TryReceive never ends on a closed channel",
        "On a closed channel 'TryReceive' returns true for good, with Ok false: this loop never ends. Use 'TryTake', which returns false then, or look at Ok.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "TryReceive is false where a receive would wait; a receive from a closed channel does not.",
        helpLinkUri: HelpLink("GOR211"));

    /// <summary>Creates the analyzer.</summary>
    public TryReceiveLoopNeverEndsAnalyzer()
        : base(s_rule, Traits.Channel | Traits.Attempt)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (call is { Type: ApiType.Chan or ApiType.Receiver, Name: "TryReceive" } && Operations.LoopAround(call.Operation) is IWhileLoopOperation { Condition: { } condition } loop
                && IsTrueOf(condition, call.Operation) && !Operations.HasExit(loop)
                && call.Invocation!.Arguments is [{ Value: { } received }] && !LooksAtOk(model, received) && Closing.IsPossible(model, call.Invocation.Instance))
            {
                Report(context, s_rule, call.Operation.Syntax);
            }
        }
    }

    /// <summary>Tells whether the condition is the call, or the call and something that has nothing to do with it.</summary>
    private static bool IsTrueOf(IOperation condition, IOperation call) => Operations.Unwrap(condition) is { } bare && ReferenceEquals(bare, call);

    private static bool LooksAtOk(BlockModel model, IOperation received) => Operations.Unwrap(received) switch
    {
        IDiscardOperation => false,
        IDeclarationExpressionOperation { Expression: IDiscardOperation } => false,
        _ => Place.Of(received) is not { IsVariable: true, Symbol: { } variable } || ReceivedValues.UsesOk(model, variable),
    };
}
