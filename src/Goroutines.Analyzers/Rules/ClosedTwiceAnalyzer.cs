using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR208: several goroutines close one channel, or one goroutine closes it twice.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ClosedTwiceAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR208", "A channel may be closed twice",
        "'{0}' is closed {1}: the second close throws ChannelClosedException. Close it once, when all senders are done (a WaitGroup and one goroutine that closes), or use TryClose.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A channel is closed by the one that knows that nobody sends any more.",
        helpLinkUri: HelpLink("GOR208"));

    /// <summary>Creates the analyzer.</summary>
    public ClosedTwiceAnalyzer()
        : base(s_rule, Traits.Channel)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        List<ApiCall> closes = [.. model.Calls.Where(static call => call is { Name: "Close", Target.IsVariable: true } && call.IsClose)];
        foreach (ApiCall close in closes)
        {
            ISymbol channel = close.Target!.Symbol;
            if (!IsUnconditional(close))
            {
                continue;
            }

            if (close.Body is { Kind: BodyKind.Goroutine, Starts: [ApiCall start] } body && body.Captures(channel)
                && Operations.LoopAround(start.Operation) is { } loop && !Operations.Contains(loop, channel) && !Joins.InRound(model, start, loop))
            {
                Report(context, s_rule, close.Operation.Syntax, channel.Name, "by each goroutine that the loop starts");
            }
            else if (closes.Any(other => other.Position < close.Position && close.Target.Equals(other.Target) && IsUnconditional(other) && IsSecond(other, close)
                && !model.ReferencesTo(channel).Any(reference => reference.IsWrite && reference.Position > other.Position)))
            {
                Report(context, s_rule, close.Operation.Syntax, channel.Name, ReferenceEquals(close.Body, closes[0].Body) ? "already" : "by two goroutines");
            }
        }
    }

    /// <summary>Tells whether both closes happen: one after the other in one block, or each in the body of a goroutine.</summary>
    private static bool IsSecond(ApiCall first, ApiCall second)
    {
        if (!ReferenceEquals(first.Body, second.Body))
        {
            return first.Body.Kind == BodyKind.Goroutine && second.Body.Kind == BodyKind.Goroutine && !first.Body.IsWithin(second.Body) && !second.Body.IsWithin(first.Body)
                && first.Body.Starts.Count > 0 && second.Body.Starts.Count > 0 && ReferenceEquals(first.Body.Parent, second.Body.Parent);
        }

        return Operations.StatementOf(first.Operation) is { } one && Operations.StatementOf(second.Operation) is { } other && ReferenceEquals(one.Parent, other.Parent);
    }

    /// <summary>Tells whether the close is a statement of its function's own block, or of a finally there.</summary>
    private static bool IsUnconditional(ApiCall close)
    {
        for (IOperation? parent = close.Operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IConditionalOperation or ILoopOperation or ISwitchOperation or ICatchClauseOperation or IConditionalAccessOperation)
            {
                return false;
            }

            if (Operations.IsFunction(parent))
            {
                return true;
            }
        }

        return true;
    }
}
