using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR202: a channel that nothing closes is read until it is closed.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ChannelNeverClosedAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR202", "A channel is read to its end, and nothing closes it",
        "Nothing closes '{0}', so this loop never ends. Close it when its last sender is done: 'try {{ ... }} finally {{ {0}.Close(); }}' in the sender; for several senders, after a WaitGroup.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "await foreach over a channel ends when the channel is closed and drained.",
        helpLinkUri: HelpLink("GOR202"));

    /// <summary>Creates the analyzer.</summary>
    public ChannelNeverClosedAnalyzer()
        : base(s_rule, Traits.Channel)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
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
                    Report(context, s_rule, loop.Collection.Syntax, channel.Variable.Name);
                }
            }
        }
    }
}
