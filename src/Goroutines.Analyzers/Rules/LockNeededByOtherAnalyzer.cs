using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR310: a lock is held during a wait for a goroutine that has to take the lock first.</summary>
/// <remarks>
/// What is waited for has to be in sight: a group or a handle whose goroutines are started in this member, a channel of this member, or one in a private
/// field. For a channel, all that could take part has to come past the lock first; a channel with a buffer and a select may go on without, and are left out.
/// GOR308 reports every wait under a lock.
/// </remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LockNeededByOtherAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR310", "A lock is held while waiting for what needs the lock",
        "'{0}' is held here, and {1} takes '{0}' before this wait can end: neither goes on. Release '{0}' before this wait.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A goroutine that holds a lock waits for another one, which waits for the lock.",
        helpLinkUri: HelpLink("GOR310"));

    /// <summary>Creates the analyzer.</summary>
    public LockNeededByOtherAnalyzer()
        : base(s_rule, Traits.Lock)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (HeldLock held in model.HeldLocks)
        {
            if (held.Acquire.Type == ApiType.WeightedSemaphore || !Callees.WaitsForGood(model, held.Acquire))
            {
                continue;
            }

            foreach (ApiCall wait in model.Calls)
            {
                if (IsUnder(held, wait.Operation, wait.Body) && Callees.WaitsForGood(model, wait) && Needing(model, held, wait) is { } who)
                {
                    Report(context, s_rule, wait.Operation.Syntax, held.Place.ToString(), who);
                }
            }

            foreach (IOperation operation in held.Body.Operations)
            {
                if (operation is IAwaitOperation { Operation: ILocalReferenceOperation { Local: { } handle } } && held.Covers(operation) && model.Api.TypeOf(handle.Type) == ApiType.Goroutine
                    && GoroutinesOf(model, start => Api.Same(Joins.HandleOf(start), handle)).Any(body => Takes(model, body, held)))
                {
                    Report(context, s_rule, operation.Syntax, held.Place.ToString(), "that goroutine");
                }
            }
        }
    }

    private static bool IsUnder(HeldLock held, IOperation operation, Body body) => Callees.RunsInside(body, held.Body) && held.Covers(operation);

    /// <summary>Returns what has to take the lock before a wait can end, in words; null if nothing is seen to.</summary>
    private static string? Needing(BlockModel model, HeldLock held, ApiCall wait)
    {
        switch (wait.Type)
        {
            case ApiType.WaitGroup or ApiType.ErrGroup when wait.Name is "WaitAsync" or "Wait" && wait.Target is { } group:
                return GoroutinesOf(model, start => start.Type is ApiType.WaitGroup or ApiType.ErrGroup && group.Equals(start.Target)).Concat(CountedBy(model, group))
                    .Any(body => Takes(model, body, held)) ? $"a goroutine of '{group}'" : null;
            case ApiType.Goroutine when wait.Name is "JoinAsync" or "Join" && wait.Target is { } handle:
                return GoroutinesOf(model, start => Api.Same(Joins.HandleOf(start), handle.Symbol)).Any(body => Takes(model, body, held)) ? "that goroutine" : null;
            case ApiType.Go or ApiType.GoRuntime when wait.Name == "ScopeAsync":
                return GoroutinesOf(model, start => start.Type == ApiType.GoScope && start.Body.Starts.Contains(wait)).Any(body => Takes(model, body, held)) ? "a goroutine of the scope" : null;
            case ApiType.Go or ApiType.GoRuntime when wait.Name == "Run" && Joins.IsJoinedAtOnce(model, wait):
                return GoroutinesOf(model, start => ReferenceEquals(start, wait)).Any(body => Takes(model, body, held)) ? "that goroutine" : null;
            case ApiType.Chan or ApiType.Sender or ApiType.Receiver when wait.IsSend || wait.IsReceive:
                return Partners(model, wait) is { Count: > 0 } partners && partners.All(partner => NeedsFirst(model, partner, wait, held))
                    ? wait.IsSend ? "what receives this" : "what sends this" : null;
            default:
                return null;
        }
    }

    private static IEnumerable<Body> GoroutinesOf(BlockModel model, Func<ApiCall, bool> which) =>
        model.Bodies.Where(body => body.Kind == BodyKind.Goroutine && body.Starts.Any(which));

    /// <summary>Returns the goroutines that count a group down themselves.</summary>
    private static IEnumerable<Body> CountedBy(BlockModel model, Place group) =>
        model.Calls.Where(call => call is { Type: ApiType.WaitGroup, Name: "Done" } && group.Equals(call.Target)).Select(static call => call.Body.Goroutine).OfType<Body>();

    /// <summary>Tells whether a goroutine takes the lock at all, itself or through a method of the same object.</summary>
    private static bool Takes(BlockModel model, Body goroutine, HeldLock held) => Acquisitions(model, goroutine, held).Any();

    /// <summary>Returns where a function comes to wait for the lock.</summary>
    private static IEnumerable<IOperation> Acquisitions(BlockModel model, Body function, HeldLock held)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (call.IsAcquire && held.Place.Equals(call.Target) && Excludes(held.Acquire, call) && Callees.RunsInside(call.Body, function) && Callees.WaitsForGood(model, call))
            {
                yield return call.Operation;
            }
        }

        if (held.Place.Symbol is IFieldSymbol field && Api.Same(held.Place.Root, field))
        {
            foreach (IInvocationOperation call in function.Invocations)
            {
                if (Callees.IsOwn(call, field.ContainingType)
                    && Callees.Acquisitions(model, call.TargetMethod).Any(taken => held.Place.Equals(taken.Acquire.Target) && Excludes(held.Acquire, taken.Acquire)))
                {
                    yield return call;
                }
            }
        }
    }

    /// <summary>Tells whether one acquisition keeps another waiting: two readers do not.</summary>
    private static bool Excludes(ApiCall one, ApiCall other) =>
        !(one.Name.StartsWith("Read", StringComparison.Ordinal) && other.Name.StartsWith("Read", StringComparison.Ordinal));

    /// <summary>Returns what can take part in an operation on a channel without a buffer that no other code sees; null if that is not all known.</summary>
    private static IReadOnlyList<(BlockModel Model, Body Body, IOperation Operation)>? Partners(BlockModel model, ApiCall wait)
    {
        switch (wait.Target)
        {
            case { IsVariable: true, Symbol: ILocalSymbol variable }
                when model.LocalChannels.FirstOrDefault(channel => Api.Same(channel.Variable, variable)) is { IsUnbuffered: true, Polls.Count: 0 } channel
                && channel.SelectCases.All(static added => SelectCases.IsFluent(added.Invocation!)):
                return [.. channel.Partners(wait.IsSend).Select(operation => (model, model.FunctionOf(operation), operation))];
            case { Symbol: IFieldSymbol field } place when Api.Same(place.Root, field):
                return FieldChannel.Partners(model, field, wait.IsSend);
            default:
                return null;
        }
    }

    /// <summary>Tells whether the other side has to take the lock first: it holds the lock, takes it before, or takes it in the loop that comes back to the operation.</summary>
    private static bool NeedsFirst(BlockModel model, (BlockModel Model, Body Body, IOperation Operation) partner, ApiCall wait, HeldLock held)
    {
        (BlockModel there, Body body, IOperation operation) = partner;
        if (body.Root.Syntax == wait.Body.Root.Syntax || (ReferenceEquals(there, model) && body.Kind is BodyKind.LocalFunction or BodyKind.Unknown))
        {
            return false; // the same code, or how it runs is not known
        }

        if (there.HeldLocks.Any(other => other.Place.Equals(held.Place) && Excludes(held.Acquire, other.Acquire) && IsUnder(other, operation, body)))
        {
            return true;
        }

        ILoopOperation? loop = operation as ILoopOperation ?? Operations.LoopAround(operation);
        foreach (IOperation acquire in Acquisitions(there, body, held))
        {
            if (Operations.IsOnEachPathTo(acquire, operation) || (EndsWait(operation) && acquire.Syntax.Span.End <= operation.Syntax.SpanStart) || (loop is not null && Operations.Contains(loop, acquire))
                || (loop is null && Operations.IsOnEachPathTo(operation, acquire) && IsCalledInLoop(there)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells whether an operation is a close: the goroutine is done then, and whatever it did before has to be over.</summary>
    private static bool EndsWait(IOperation operation) => operation is IInvocationOperation { TargetMethod.Name: "Close" or "TryClose" };

    /// <summary>Tells whether a loop of the same type calls the method.</summary>
    private static bool IsCalledInLoop(BlockModel model) => model.Member is IMethodSymbol { MethodKind: MethodKind.Ordinary, ContainingType.DeclaringSyntaxReferences: [{ } type], Name: { } name }
        && type.GetSyntax().DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call =>
            call.Expression is IdentifierNameSyntax { Identifier.ValueText: { } called } && called == name && IsInLoop(call));

    private static bool IsInLoop(SyntaxNode node)
    {
        for (SyntaxNode? parent = node.Parent; parent is not null and not (MemberDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax); parent = parent.Parent)
        {
            if (parent is ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax)
            {
                return true;
            }
        }

        return false;
    }
}
