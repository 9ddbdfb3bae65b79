using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR215: a channel that no other code sees is only sent to, or only received from.</summary>
/// <remarks>GOR213 is about a channel whose other side comes too late; GOR202 about loops.</remarks>
internal sealed class OneSidedChannelRule() : Rule(
    "GOR215", Traits.Channel,
    "A channel has only one side",
    "Nothing {0} '{1}', and no other code has it: this waits for good",
    "A channel in a local variable or a private field, all of whose uses are in sight.")
{
    public override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if ((call.IsSend || call.IsReceive) && call.Target is { } place && Callees.WaitsForGood(model, call) && IsAlone(model, call, place))
            {
                Report(context, call.Operation.Syntax, call.IsSend ? "receives from" : "sends to or closes", place.ToString());
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
