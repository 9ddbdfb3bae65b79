using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR202: a channel that nothing closes is read until it is closed.</summary>
internal sealed class ChannelNeverClosedRule() : Rule(
    "GOR202", Traits.Channel,
    "A channel is read to its end, and nothing closes it",
    "Nothing closes '{0}', so this loop never ends. Close it when its last sender is done: 'try {{ ... }} finally {{ {0}.Close(); }}' in the sender; for several senders, after a WaitGroup.",
    "await foreach over a channel ends when the channel is closed and drained.")
{
    public override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (LocalChannel channel in model.LocalChannels)
        {
            if (channel.Closes.Count != 0)
            {
                continue;
            }

            foreach (IForEachLoopOperation loop in channel.Loops)
            {
                if (!Operations.HasExit(loop))
                {
                    Report(context, loop.Collection.Syntax, channel.Variable.Name);
                }
            }
        }
    }
}
