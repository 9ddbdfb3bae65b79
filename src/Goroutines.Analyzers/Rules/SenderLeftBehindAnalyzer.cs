using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR203: the only receiver of a channel may give up, and a sender waits for good.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SenderLeftBehindAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR203", "A sender may be left behind",
        "{0}, and this send to '{1}', which has no buffer, then waits for good: its goroutine is collected with the channel, and its finally blocks never run. Give the channel room for what is not received, e.g. 'new Chan<{2}>(capacity: 1)', or select on a way out, too.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "The most frequent leak of goroutines: the receiver times out, or takes the first answer of several.",
        helpLinkUri: HelpLink("GOR203"));

    /// <summary>Creates the analyzer.</summary>
    public SenderLeftBehindAnalyzer()
        : base(s_rule, Traits.Channel | Traits.Goroutine)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (LocalChannel channel in model.LocalChannels)
        {
            if (channel is { IsUnbuffered: true, Loops.Count: 0 } && channel.Polls.All(static poll => poll.Name == "TrySend")
                && channel.Sends.FirstOrDefault(send => IsLeft(model, channel, send)) is { } send && Reason(model, channel, send) is { } reason)
            {
                Report(context, s_rule, send.Operation.Syntax, reason, channel.Variable.Name, ((INamedTypeSymbol)channel.Variable.Type).TypeArguments[0].ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
            }
        }
    }

    /// <summary>A send in a goroutine of its own, without a token or a close by other code that could end it.</summary>
    private static bool IsLeft(BlockModel model, LocalChannel channel, ApiCall send) =>
        !send.HasToken(model.Api) && channel.Closes.TrueForAll(close => ReferenceEquals(close.Body, send.Body) && close.Position > send.Position) && send.Body.Goroutine is { } body && !ReferenceEquals(body, channel.DeclaredIn.Goroutine) && body.Starts is [_, ..];

    private static string? Reason(BlockModel model, LocalChannel channel, ApiCall send)
    {
        ApiCall[] receives = [.. channel.Receives, .. channel.SelectCases.Where(static added => added.Name is "Receive" or "AndReceive")];
        if (receives is not [ApiCall only] || channel.SelectCases.Count > 1)
        {
            return LeavesCase(model, channel, send) ? "A case of the select that receives leaves without it" : null;
        }

        if (!IsRunOnce(channel, only))
        {
            return LeavesLoop(model, channel, only) && StartsMany(channel, send) ? "The loop that receives may be left early" : null;
        }

        if (only.Type == ApiType.Select)
        {
            return SelectCases.HasOthers(model, only) && IsWaitedForOnce(model, only) ? "The select that receives may choose another case" : null;
        }

        if (only.HasToken(model.Api))
        {
            return "The receive may be cancelled";
        }

        ApiCall start = send.Body.Goroutine!.Starts[0];
        if (!IsConditional(send) && (StartsMany(channel, send) || channel.Sends.Count > 1 || send.Body.Goroutine.Starts.Count > 1))
        {
            return "Only one value is received";
        }

        return LeavesBetween(channel.DeclaredIn, start.Position, only.Operation.Syntax.SpanStart) ? "The function may end before it receives" : null;
    }

    /// <summary>
    /// Tells whether the one select that receives is followed by a switch, some of whose cases receive what the select did not, and one leaves the function
    /// without.
    /// </summary>
    private static bool LeavesCase(BlockModel model, LocalChannel channel, ApiCall send)
    {
        if (channel.SelectCases is not [{ Name: "Receive" or "AndReceive" } added] || !IsRunOnce(channel, added) || !SelectCases.IsFluent(added.Invocation!)
            || StartsMany(channel, send) || channel.Sends.Count > 1 || IsConditional(send))
        {
            return false;
        }

        ApiCall? wait = model.Calls.FirstOrDefault(call => call.Type == ApiType.Select && call.Name is "WaitAsync" or "Wait" && Operations.Contains(call.Operation, added.Operation));
        if (wait is null || Operations.ResultConsumer(wait.Operation) is not ISwitchOperation choice || SelectCases.Of(model, wait) is not { } cases
            || !channel.Receives.TrueForAll(receive => Operations.Contains(choice, receive.Operation)))
        {
            return false;
        }

        int own = cases.ToList().FindIndex(one => one.Operation.Syntax == added.Operation.Syntax);
        return choice.Cases.Any(section => section.Clauses.All(clause => clause is ISingleValueCaseClauseOperation { Value.ConstantValue: { HasValue: true, Value: int index } } && index != own)
            && !channel.Receives.Exists(receive => Operations.Contains(section, receive.Operation)) && section.Body is [.., IReturnOperation or IThrowOperation]);
    }

    /// <summary>Tells whether a loop repeats the send.</summary>
    private static bool StartsMany(LocalChannel channel, ApiCall send) => Operations.LoopAround(send.Operation) is not null
        || (Operations.LoopAround(send.Body.Goroutine!.Starts[0].Operation) is { } loop && !Operations.Contains(loop, channel.Creation));

    /// <summary>Tells whether a loop that comes to its own end receives in each round, and can be left before that. An endless one ends as it is meant to.</summary>
    private static bool LeavesLoop(BlockModel model, LocalChannel channel, ApiCall receive) => ReferenceEquals(receive.Body, channel.DeclaredIn) && receive.Type != ApiType.Select && !receive.HasToken(model.Api)
        && Operations.LoopAround(receive.Operation) is { } loop && !Operations.Contains(loop, channel.Creation) && !Operations.IsEndless(loop) && Operations.HasExit(loop);

    /// <summary>Tells whether the send is conditional: of several goroutines only one may send.</summary>
    private static bool IsConditional(ApiCall send)
    {
        for (IOperation? parent = send.Operation.Parent; parent is not null && !Operations.IsFunction(parent); parent = parent.Parent)
        {
            if (parent is IConditionalOperation or ISwitchOperation or ISwitchExpressionOperation)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells whether the receive runs once for each channel, in the function that makes the channel.</summary>
    private static bool IsRunOnce(LocalChannel channel, ApiCall receive) => ReferenceEquals(receive.Body, channel.DeclaredIn)
        && (Operations.LoopAround(receive.Operation) is not { } loop || Operations.Contains(loop, channel.Creation));

    private static bool IsWaitedForOnce(BlockModel model, ApiCall added)
    {
        if (added.Target is not { } select)
        {
            return true; // fluent
        }

        ApiCall[] waits = [.. model.Calls.Where(call => call.Type == ApiType.Select && call.Name is "WaitAsync" or "Wait" or "TryWait" && select.Equals(call.Target))];
        return waits is [ApiCall wait] && Operations.LoopAround(wait.Operation) is null;
    }

    private static bool LeavesBetween(Body function, int from, int to) => function.Operations.Any(operation =>
        operation is IReturnOperation { IsImplicit: false } or IThrowOperation && operation.Syntax.SpanStart > from && operation.Syntax.Span.End < to);
}
