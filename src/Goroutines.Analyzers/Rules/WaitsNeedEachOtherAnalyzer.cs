using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR214: a wait for a goroutine that itself waits for what comes only after that wait.</summary>
/// <remarks>
/// The shape: a goroutine sends to (or receives from) a channel without a buffer, the other side is nowhere but in the function that started it, and that
/// function first waits for the goroutine's end, or for something that the goroutine does later. The most frequent one waits for a group before it reads
/// the results of its goroutines. Positions in the text are compared within one function only.
/// </remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class WaitsNeedEachOtherAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR214", "Two waits need each other",
        "This waits for a goroutine that waits in turn to {0} '{1}', and the other side comes only after this wait: neither goes on. {2}.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A channel without a buffer brings two goroutines together. One that waits for the other's end first never gets there.",
        helpLinkUri: HelpLink("GOR214"));

    /// <summary>Creates the analyzer.</summary>
    public WaitsNeedEachOtherAnalyzer()
        : base(s_rule, Traits.Channel | Traits.Goroutine)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        HashSet<IOperation> reported = [];
        foreach (LocalChannel channel in model.LocalChannels)
        {
            if (!channel.IsUnbuffered || channel.Polls.Count != 0)
            {
                continue;
            }

            foreach (ApiCall operation in channel.Sends.Concat(channel.Receives))
            {
                if (operation.Body.Goroutine is { } goroutine && Callees.RunsInside(operation.Body, goroutine) && Callees.WaitsForGood(model, operation)
                    && WaitBeforePartner(model, channel, operation, goroutine) is { } wait && reported.Add(wait))
                {
                    Report(
                        context, s_rule, wait.Syntax, operation.IsSend ? "send to" : "receive from", channel.Variable.Name,
                        operation.IsSend ? "Receive first and wait afterwards, or close the channel in a goroutine that does the waiting" : "Send first and wait afterwards");
                }
            }
        }
    }

    /// <summary>Returns a wait for the goroutine, or for what it does after an operation, that stands before all that could end the operation.</summary>
    private static IOperation? WaitBeforePartner(BlockModel model, LocalChannel channel, ApiCall operation, Body goroutine)
    {
        IOperation[] partners = [.. channel.Partners(operation.IsSend)];
        foreach (ApiCall start in goroutine.Starts)
        {
            foreach ((IOperation wait, Body function) in WaitsFor(model, goroutine, start, operation))
            {
                if (partners.Length != 0 && partners.All(partner => ReferenceEquals(model.FunctionOf(partner), function) && Operations.IsOnEachPathTo(wait, partner)))
                {
                    return wait;
                }
            }
        }

        return null;
    }

    /// <summary>Returns the waits that end only after the goroutine has got past an operation, each with the function in which it counts.</summary>
    private static IEnumerable<(IOperation Wait, Body Function)> WaitsFor(BlockModel model, Body goroutine, ApiCall start, ApiCall operation)
    {
        if (Joins.IsJoinedAtOnce(model, start))
        {
            yield return (start.Operation, start.Body);
        }

        if (start.Type == ApiType.GoScope && start.Body is { Kind: BodyKind.Inline, Starts: [{ Name: "ScopeAsync" } scope] } && Callees.WaitsForGood(model, scope))
        {
            yield return (scope.Operation, scope.Body);
        }

        ISymbol? handle = Joins.HandleOf(start);
        foreach (ApiCall call in model.Calls)
        {
            bool waits = call.Type switch
            {
                ApiType.WaitGroup or ApiType.ErrGroup => call.Name is "WaitAsync" or "Wait" && call.Target is { } group && IsCounted(model, goroutine, start, operation, group),
                ApiType.Goroutine => call.Name is "JoinAsync" or "Join" && handle is not null && Api.Same(call.Target?.Symbol, handle),
                ApiType.Chan or ApiType.Sender or ApiType.Receiver => (call.IsSend || call.IsReceive) && IsMetLater(model, goroutine, operation, call),
                _ => false,
            };
            if (waits && Callees.WaitsForGood(model, call))
            {
                foreach ((IOperation, Body) at in PlacesOf(model, call.Operation, call.Body, start))
                {
                    yield return at;
                }
            }
        }

        if (handle is not null)
        {
            foreach (Reference reference in model.ReferencesTo(handle))
            {
                if (reference.Operation.Parent is IAwaitOperation join)
                {
                    foreach ((IOperation, Body) at in PlacesOf(model, join, reference.Body, start))
                    {
                        yield return at;
                    }
                }
            }
        }
    }

    /// <summary>Returns where a wait counts: where it stands, if the goroutine is started there before it, and where the local function around it is called.</summary>
    private static IEnumerable<(IOperation, Body)> PlacesOf(BlockModel model, IOperation wait, Body function, ApiCall start)
    {
        if (ReferenceEquals(function, start.Body))
        {
            if (wait.Syntax.SpanStart > start.Position)
            {
                yield return (wait, function);
            }
        }
        else if (function is { Root: ILocalFunctionOperation local, Kind: BodyKind.LocalFunction } && ReferenceEquals(function.Parent, start.Body))
        {
            foreach (IInvocationOperation call in start.Body.Invocations)
            {
                if (Api.Same(call.TargetMethod.OriginalDefinition, local.Symbol.OriginalDefinition) && call.Syntax.SpanStart > start.Position
                    && (!local.Symbol.IsAsync || Operations.AwaitOf(call) is not null))
                {
                    yield return (call, start.Body);
                }
            }
        }
    }

    /// <summary>Tells whether a group waits for the goroutine to get past the operation.</summary>
    private static bool IsCounted(BlockModel model, Body goroutine, ApiCall start, ApiCall operation, Place group) =>
        (start.Type is ApiType.WaitGroup or ApiType.ErrGroup && group.Equals(start.Target))
        || (start.Type is ApiType.Go or ApiType.GoRuntime && model.Calls.Any(call => call is { Type: ApiType.WaitGroup, Name: "Done" } && group.Equals(call.Target))
            && model.Calls.Where(call => call is { Type: ApiType.WaitGroup, Name: "Done" } && group.Equals(call.Target) && ReferenceEquals(call.Body.Goroutine, goroutine)).DefaultIfEmpty()
                .All(done => done is not null && done.Position > operation.Position));

    /// <summary>Tells whether an operation on another channel can meet nothing but one of the goroutine that comes after its first operation on each path.</summary>
    private static bool IsMetLater(BlockModel model, Body goroutine, ApiCall first, ApiCall call)
    {
        if (call.Target is not { IsVariable: true, Symbol: ILocalSymbol variable } || ReferenceEquals(call.Body.Goroutine, goroutine)
            || model.LocalChannels.FirstOrDefault(channel => Api.Same(channel.Variable, variable)) is not { IsUnbuffered: true, Polls.Count: 0 } channel)
        {
            return false;
        }

        IOperation[] partners = [.. channel.Partners(call.IsSend)];
        return partners.Length != 0 && partners.All(partner => ReferenceEquals(model.FunctionOf(partner), first.Body) && Operations.IsOnEachPathTo(first.Operation, partner)) && Operations.LoopAround(first.Operation) is null;
    }
}
