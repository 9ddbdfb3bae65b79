using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR213: an operation on a channel that no other goroutine has yet.</summary>
/// <remarks>
/// Up to the operation only this function has seen the channel, so that nothing can take part in it: a send without room and a
/// receive without a value wait for good. The position in the text is enough, since the first round of a loop waits already.
/// </remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NobodyOnTheOtherSideAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR213", "Nothing is on the other side of the channel",
        "Nothing else has '{0}' yet, so nothing can {1}: this waits for good. {2}.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A send to a channel without a buffer waits for a receiver, which has to be started before it.",
        helpLinkUri: HelpLink("GOR213"));

    /// <summary>Creates the analyzer.</summary>
    public NobodyOnTheOtherSideAnalyzer()
        : base(s_rule, Traits.Channel)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (call is { Type: ApiType.Chan, Target: { IsVariable: true, Symbol: ILocalSymbol channel } } && (call.IsSend || call.IsReceive) && !call.HasToken(model.Api)
                && IsWaitedFor(call) && model.InitializerOf(channel) is IObjectCreationOperation { Arguments: [{ Value.ConstantValue: { HasValue: true, Value: int capacity } }] }
                && ReferenceEquals(model.FunctionOf(model.DeclaratorOf(channel)!), call.Body) && (call.IsReceive || capacity == 0) && IsAlone(model, channel, call))
            {
                Report(
                    context, s_rule, call.Operation.Syntax, channel.Name, call.IsSend ? "receive this" : "have sent or closed",
                    call.IsSend ? "Start the receiver first, or give the channel a buffer" : "Start the sender first");
            }
        }
    }

    private static bool IsWaitedFor(ApiCall call) => !call.Name.EndsWith("Async", StringComparison.Ordinal) || Operations.AwaitOf(call.Operation) is not null;

    /// <summary>Tells whether it is the first operation on the channel, before other code gets the channel.</summary>
    private static bool IsAlone(BlockModel model, ILocalSymbol channel, ApiCall operation)
    {
        foreach (Reference reference in model.ReferencesTo(channel))
        {
            if (reference.IsWrite)
            {
                return false; // another channel may come from there
            }

            if (reference.Position >= operation.Operation.Syntax.SpanStart && !IsInLocalFunction(reference.Body, operation.Body))
            {
                continue;
            }

            bool isHarmless = ReferenceEquals(reference.Body, operation.Body) && Operations.Consumer(reference.Operation) is IPropertyReferenceOperation { Property.Name: "Count" or "Capacity" }
                or IInvocationOperation { TargetMethod.Name: "TryTake" or "TryReceive" };
            if (!isHarmless)
            {
                return false;
            }
        }

        return true;
    }
    /// <summary>A local function may have been started before the place where it is written.</summary>
    private static bool IsInLocalFunction(Body body, Body outer)
    {
        for (Body? current = body; current is not null && !ReferenceEquals(current, outer); current = current.Parent)
        {
            if (current.Root is ILocalFunctionOperation)
            {
                return true;
            }
        }

        return false;
    }
}
