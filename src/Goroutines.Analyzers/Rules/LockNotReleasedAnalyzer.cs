using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR301: a path leads from taking a lock to the end of the function without giving it back.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LockNotReleasedAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR301", "A lock is not released on every path",
        "'{0}' is taken here, and a path to the end of the function, or back to here, does not give it back: {1}. Write '{2}'.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A holder that is disposed by using is given back on every path, also that of an exception.",
        helpLinkUri: HelpLink("GOR301"));

    /// <summary>Creates the analyzer.</summary>
    public LockNotReleasedAnalyzer()
        : base(s_rule, Traits.Lock)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall acquire in model.Calls)
        {
            if (acquire.IsAcquire && acquire.Target is { } place && !IsOfCaller(model, acquire, place) && IsKept(model, acquire, out ILocalSymbol? holder) && !(holder is not null && Escapes(model, holder))
                && IsReleasedHere(model, acquire, place, holder) && IsWanted(model, acquire, place) && !IsPlainlyReleased(model, acquire, place, holder) && Paths.Of(context, model, acquire.Body) is { } graph
                && (Paths.ReachesEnd(graph, acquire.Operation.Syntax, operation => Releases(operation, model, place, holder)) || ReachesItself(graph, acquire, operation => Releases(operation, model, place, holder))))
            {
                Report(
                    context, s_rule, acquire.Operation.Syntax, place.ToString(), "the next one to take it waits for good",
                    $"using ({(Operations.AwaitOf(acquire.Operation) ?? acquire.Operation).Syntax}) {{ ... }}");
            }
            else if (acquire.IsLease && IsLeaseLost(context, model, acquire))
            {
                Report(
                    context, s_rule, acquire.Operation.Syntax, HeldLock.HolderOf(acquire)?.Name ?? "the lease", "it is renewed for as long as the program runs",
                    $"await using Lease lease = await {acquire.Operation.Syntax}");
            }
        }
    }

    /// <summary>Tells whether the lock is given back by hand: the holder is dropped or in a local that no using disposes.</summary>
    private static bool IsKept(BlockModel model, ApiCall acquire, out ILocalSymbol? holder)
    {
        holder = HeldLock.HolderOf(acquire);
        if (model.IsDropped(acquire.Operation))
        {
            return true;
        }

        if (holder is null)
        {
            return false;
        }

        for (IOperation? parent = acquire.Operation.Parent; parent is not null and not IBlockOperation; parent = parent.Parent)
        {
            if (parent is IUsingOperation or IUsingDeclarationOperation)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Tells whether the function was called with the lock held: it gives the lock back before it takes it for the first time.</summary>
    private static bool IsOfCaller(BlockModel model, ApiCall acquire, Place place) =>
        model.Calls.FirstOrDefault(call => (call.IsRelease || call.IsAcquire) && ReferenceEquals(call.Body, acquire.Body) && place.Equals(call.Target)) is { IsRelease: true };

    /// <summary>Tells whether a loop comes back to a lock that it holds. Permits may be taken one by one.</summary>
    private static bool ReachesItself(ControlFlowGraph graph, ApiCall acquire, Func<IOperation, bool> releases) => acquire.Type != ApiType.WeightedSemaphore
        && Operations.LoopAround(acquire.Operation) is not null
        && Paths.FirstReached(graph, acquire.Operation.Syntax, releases, operation => operation.Syntax == acquire.Operation.Syntax) is not null;

    /// <summary>Tells whether a lease is dropped, or is in a local that a path to the end does not dispose.</summary>
    private static bool IsLeaseLost(OperationBlockAnalysisContext context, BlockModel model, ApiCall acquire)
    {
        if (acquire.Target is { IsVariable: true, Symbol: ILocalSymbol connection } && EndsHere(model, connection))
        {
            return false; // it gives its leases back
        }

        bool isTry = acquire.Name.StartsWith("Try", StringComparison.Ordinal);
        if (model.IsDropped(acquire.Operation))
        {
            return !isTry; // GOR209
        }

        if (!IsKept(model, acquire, out ILocalSymbol? lease) || lease is null)
        {
            return false;
        }

        bool disposed = false;
        foreach (Reference reference in model.ReferencesTo(lease))
        {
            switch (Operations.Consumer(reference.Operation))
            {
                case ISimpleAssignmentOperation when reference.IsWrite:
                case IIsPatternOperation or IBinaryOperation or IPropertyReferenceOperation or IInvocationOperation { TargetMethod.Name: "ThrowIfLost" }:
                    break;
                case IInvocationOperation { TargetMethod.Name: "DisposeAsync" } when ReferenceEquals(reference.Body, acquire.Body):
                    disposed = true;
                    break;
                default:
                    return false; // other code has it
            }
        }

        // A failed try has nothing to give back, and the control flow graph does not tell which paths follow a failed try.
        return !disposed || (!isTry && Paths.Of(context, model, acquire.Body) is { } graph && Paths.ReachesEnd(
            graph, acquire.Operation.Syntax, operation => operation is IInvocationOperation { TargetMethod.Name: "DisposeAsync", Instance: { } instance } && Api.Same(Place.Of(instance)?.Symbol, lease)));
    }

    /// <summary>Tells whether a connection is disposed by the member that uses it.</summary>
    private static bool EndsHere(BlockModel model, ILocalSymbol connection)
    {
        for (IOperation? parent = model.DeclaratorOf(connection)?.Parent; parent is not null and not IBlockOperation; parent = parent.Parent)
        {
            if (parent is IUsingOperation or IUsingDeclarationOperation)
            {
                return true;
            }
        }

        return model.ReferencesTo(connection).Any(static reference => Operations.Consumer(reference.Operation) is IInvocationOperation { TargetMethod.Name: "DisposeAsync" });
    }

    /// <summary>Tells whether anything takes the lock again: a local that only this function sees, outside a loop, dies with it.</summary>
    private static bool IsWanted(BlockModel model, ApiCall acquire, Place place) => place.Symbol is not ILocalSymbol local || acquire.Body.Captures(local)
        || Operations.LoopAround(acquire.Operation) is not null || model.ReferencesTo(local).Any(reference => !ReferenceEquals(reference.Body, acquire.Body));

    /// <summary>Tells whether other code gets the holder.</summary>
    private static bool Escapes(BlockModel model, ILocalSymbol holder) => model.ReferencesTo(holder).Any(static reference => !reference.IsWrite
        && Operations.Consumer(reference.Operation) is not IInvocationOperation { TargetMethod.Name: "Dispose" });

    /// <summary>
    /// A lock that is given back elsewhere (by another function, by a goroutine) is handed over on purpose. One that
    /// nothing gives back is a mistake only if the whole life of the lock is in this member.
    /// </summary>
    private static bool IsReleasedHere(BlockModel model, ApiCall acquire, Place place, ILocalSymbol? holder)
    {
        bool here = false;
        foreach (ApiCall call in model.Calls)
        {
            if ((call.IsRelease && place.Equals(call.Target)) || (call.Is(ApiType.Holder, "Dispose") && holder is not null && Api.Same(call.Target?.Symbol, holder)))
            {
                if (!ReferenceEquals(call.Body, acquire.Body) && call.Body.IsWithin(acquire.Body))
                {
                    return false;
                }

                here |= ReferenceEquals(call.Body, acquire.Body);
            }
        }

        return here || (acquire.Type != ApiType.WeightedSemaphore && place is { IsVariable: true, Symbol: ILocalSymbol local } && holder is null
            && model.InitializerOf(local) is IObjectCreationOperation && !model.Calls.Any(call => call.IsRelease && place.Equals(call.Target))
            && model.ReferencesTo(local).All(static reference => Operations.Consumer(reference.Operation) is IInvocationOperation { Instance: not null } or IArgumentOperation { Parent: IObjectCreationOperation }));
    }

    /// <summary>Tells whether the lock is given back on all paths, as far as that is seen without a graph.</summary>
    private static bool IsPlainlyReleased(BlockModel model, ApiCall acquire, Place place, ILocalSymbol? holder)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (ReferenceEquals(call.Body, acquire.Body) && call.Position > acquire.Position && Releases(call.Operation, model, place, holder)
                && (!Paths.Fork(acquire.Body) || Paths.AllReach(acquire.Body, acquire.Operation, call.Operation)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Releases(IOperation operation, BlockModel model, Place place, ILocalSymbol? holder)
    {
        switch (operation)
        {
            case IInvocationOperation { TargetMethod: { } method, Instance: { } instance }:
                ApiType type = model.Api.TypeOf(method.ContainingType);
                return (type is ApiType.GoMutex or ApiType.GoRWMutex or ApiType.WeightedSemaphore && method.Name is "Unlock" or "ReadUnlock" or "Release" && place.Equals(Place.Of(instance)))
                    || (type == ApiType.Holder && method.Name == "Dispose" && holder is not null && Api.Same(Place.Of(instance)?.Symbol, holder));
            case IArgumentOperation argument:
                return place.Equals(Place.Of(argument.Value)); // other code may give it back
            default:
                return false;
        }
    }
}
