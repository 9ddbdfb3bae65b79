using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR201: an endless loop receives and never looks at whether the channel is closed.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ClosedNeverNoticedAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR201", "A loop does not notice that the channel is closed",
        "Once the channel is closed this loop receives default values at full speed, for good. Write 'await foreach', or look at Ok.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A receive from a closed and drained channel does not wait: it gives (default, false).",
        helpLinkUri: HelpLink("GOR201"));

    /// <summary>Creates the analyzer.</summary>
    public ClosedNeverNoticedAnalyzer()
        : base(s_rule, Traits.Channel)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (call.IsReceive && call.Name is "Receive" or "ReceiveAsync" && Operations.LoopAround(call.Operation) is { } loop
                && Operations.IsEndless(loop) && !Operations.HasExit(loop) && !ReceivedValues.LooksAtOk(model, call) && Closing.IsPossible(model, call.Invocation!.Instance))
            {
                Report(context, s_rule, call.Operation.Syntax);
            }
        }
    }
}
