using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR302: a lock is taken by the goroutine that holds it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LockTakenTwiceAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR302", "A lock is taken by the goroutine that holds it",
        "'{0}' is held here already{1}: {2}",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "Locks do not nest: neither Go's nor those of the library know who holds them.",
        helpLinkUri: HelpLink("GOR302"));

    /// <summary>Creates the analyzer.</summary>
    public LockTakenTwiceAnalyzer()
        : base(s_rule, Traits.Lock)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        IReadOnlyList<HeldLock> held = model.HeldLocks;
        foreach (ApiCall again in model.Calls)
        {
            if (again.IsAcquire && again.Target is { } place && IsWaitedFor(again) && !again.HasToken(model.Api) && held.FirstOrDefault(lockHeld => !ReferenceEquals(lockHeld.Acquire, again)
                && lockHeld.Place.Equals(place) && lockHeld.Covers(again.Operation) && IsWaitedFor(lockHeld.Acquire) && Callees.RunsInside(again.Body, lockHeld.Body)
                && (again.Type != ApiType.WeightedSemaphore || AreNeighbours(lockHeld.Acquire, again))) is { } outer)
            {
                Report(context, s_rule, again.Operation.Syntax, place.ToString(), "", Consequence(outer.Acquire, again));
            }
            else if (again is { Type: ApiType.Once, Name: "DoAsync" or "Do", Target: { } once } && IsInsideAction(again.Body, once))
            {
                Report(context, s_rule, again.Operation.Syntax, once.ToString(), ", since this runs in its own action", "it waits for itself");
            }
        }

        foreach (HeldLock lockHeld in held)
        {
            if (lockHeld.Acquire.Type != ApiType.WeightedSemaphore)
            {
                CheckCallees(model, context, lockHeld);
            }
        }
    }

    /// <summary>Tells whether the goroutine waits for the lock. An operation that is kept pending does not stop it.</summary>
    private static bool IsWaitedFor(ApiCall acquire) => !acquire.Name.EndsWith("Async", StringComparison.Ordinal) || Operations.AwaitOf(acquire.Operation) is not null;

    /// <summary>Tells whether two acquisitions are adjacent statements. Permits may be taken at several places; adjacent ones could be one call.</summary>
    private static bool AreNeighbours(ApiCall first, ApiCall second) => Operations.StatementOf(first.Operation) is { Parent: IBlockOperation block } one
        && Operations.StatementOf(second.Operation) is { } other && block.Operations.IndexOf(other) == block.Operations.IndexOf(one) + 1;

    private static string Consequence(ApiCall first, ApiCall second) => first.Type switch
    {
        ApiType.WeightedSemaphore => "two goroutines that take it bit by bit can wait for each other; acquire all at once",
        _ when first.Name.StartsWith("Read", StringComparison.Ordinal) && second.Name.StartsWith("Read", StringComparison.Ordinal) =>
            "a writer that waits between the two lets neither go on",
        _ when first.Name.StartsWith("Read", StringComparison.Ordinal) => "a read lock cannot become a write lock; release it first",
        _ => "this waits for itself",
    };

    private static bool IsInsideAction(Body body, Place once)
    {
        for (Body? outer = body; outer is not null; outer = outer.Parent)
        {
            if (outer.Starts.Any(start => start.Type == ApiType.Once && once.Equals(start.Target)))
            {
                return true;
            }

            if (outer.Kind is not (BodyKind.Inline or BodyKind.Member))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Looks into what is called: local functions, and methods of the same object that lock the same field, or call one that does.</summary>
    private static void CheckCallees(BlockModel model, OperationBlockAnalysisContext context, HeldLock held)
    {
        foreach (IInvocationOperation call in held.Body.Invocations)
        {
            if (!held.Covers(call))
            {
                continue;
            }

            IMethodSymbol method = call.TargetMethod;
            if (model.LocalFunction(method) is { } local)
            {
                if (model.Calls.Any(inner => ReferenceEquals(inner.Body, local) && inner.IsAcquire && held.Place.Equals(inner.Target)))
                {
                    Report(context, s_rule, call.Syntax, held.Place.ToString(), $", and '{method.Name}' takes it", "this waits for itself");
                }
            }
            else if (held.Place.Symbol is IFieldSymbol field && Api.Same(held.Place.Root, field) && Callees.IsOwn(call, field.ContainingType)
                && Callees.Taking(model, method, held.Place) is { } taking)
            {
                Report(context, s_rule, call.Syntax, held.Place.ToString(), $", and '{taking.By.Name}' takes it{(Api.Same(taking.By, method) ? "" : ", which this comes to")}", Consequence(held.Acquire, taking.Acquire));
            }
        }
    }
}
