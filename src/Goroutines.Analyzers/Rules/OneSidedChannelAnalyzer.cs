using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR215: a channel that no other code sees is only sent to, or only received from.</summary>
/// <remarks>GOR213 is about a channel whose other side comes too late; GOR202 about loops.</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OneSidedChannelAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR215", "A channel has only one side",
        "Nothing {0} '{1}', and no other code has it: this waits for good",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A channel in a local variable or a private field, all of whose uses are in sight.",
        helpLinkUri: HelpLink("GOR215"));

    /// <summary>Creates the analyzer.</summary>
    public OneSidedChannelAnalyzer()
        : base(s_rule, Traits.Channel)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if ((call.IsSend || call.IsReceive) && call.Target is { } place && Callees.WaitsForGood(model, call) && IsAlone(model, call, place))
            {
                Report(context, s_rule, call.Operation.Syntax, call.IsSend ? "receives from" : "sends to or closes", place.ToString());
            }
        }
    }

    private static bool IsAlone(BlockModel model, ApiCall call, Place place)
    {
        if (place.IsVariable)
        {
            // In the function that makes the channel, GOR213 says it of the first operation.
            return model.LocalChannels.FirstOrDefault(local => Api.Same(local.Variable, place.Symbol)) is { Polls.Count: 0 } channel && (call.IsReceive || channel.IsUnbuffered)
                && !ReferenceEquals(call.Body, channel.DeclaredIn) && !channel.Partners(call.IsSend).Any();
        }

        return place.Symbol is IFieldSymbol field && Api.Same(place.Root, field) && model.Api.TypeOf(field.Type) == ApiType.Chan && FieldChannel.Partners(model, field, call.IsSend) is { Count: 0 };
    }
}
