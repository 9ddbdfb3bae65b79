using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Model;

/// <summary>Questions about what a method does through the methods of the same object that it calls, as far as they are in the same file.</summary>
internal static class Callees
{
    /// <summary>The number of methods that one question looks at. Longer chains exist, but not where a person keeps the lock in mind.</summary>
    private const int MostMethods = 32;

    /// <summary>Tells whether a call certainly runs a method of the same object, of a type or of a base of it: a virtual one may be replaced.</summary>
    public static bool IsOwn(IInvocationOperation call, INamedTypeSymbol type) =>
        call.Instance is null or IInstanceReferenceOperation && Api.Same(call.TargetMethod.ContainingType, type)
        && (type.IsSealed || call.TargetMethod is { IsVirtual: false, IsAbstract: false, IsOverride: false });

    /// <summary>Returns where a method comes to take a lock of this object, and the method that does: the one that is called, or one that it calls in turn.</summary>
    public static (ApiCall Acquire, IMethodSymbol By)? Taking(BlockModel caller, IMethodSymbol method, Place place)
    {
        foreach ((ApiCall Acquire, IMethodSymbol By) taking in Acquisitions(caller, method))
        {
            if (place.Equals(taking.Acquire.Target))
            {
                return taking;
            }
        }

        return null;
    }

    /// <summary>
    /// Returns where a method, or one of the same object that it calls, takes locks and waits for them. A lock that the method gives back before it takes
    /// it is its caller's, and left out.
    /// </summary>
    public static IEnumerable<(ApiCall Acquire, IMethodSymbol By)> Acquisitions(BlockModel caller, IMethodSymbol method)
    {
        HashSet<ISymbol> seen = new(SymbolEqualityComparer.Default);
        Queue<(BlockModel Caller, IMethodSymbol Method)> pending = new();
        pending.Enqueue((caller, method));
        while (pending.Count != 0 && seen.Count < MostMethods)
        {
            (BlockModel from, IMethodSymbol next) = pending.Dequeue();
            if (!seen.Add(next.OriginalDefinition) || from.ModelOf(next) is not { } model)
            {
                continue;
            }

            Body root = model.Bodies[0];
            HashSet<Place> released = [];
            foreach (ApiCall call in model.Calls)
            {
                if (call.Target is { } place && RunsInside(call.Body, root))
                {
                    if (call.IsRelease)
                    {
                        released.Add(place);
                    }
                    else if (call.IsAcquire && !released.Contains(place) && WaitsForGood(model, call))
                    {
                        yield return (call, next);
                    }
                }
            }

            foreach (Body body in model.Bodies)
            {
                if (RunsInside(body, root))
                {
                    foreach (IInvocationOperation call in body.Invocations)
                    {
                        if (IsOwn(call, next.ContainingType))
                        {
                            pending.Enqueue((model, call.TargetMethod));
                        }
                    }
                }
            }
        }
    }

    /// <summary>Tells whether the goroutine waits for the lock. An operation that is kept pending, or that a token ends, does not stop it for good.</summary>
    public static bool WaitsForGood(BlockModel model, ApiCall acquire) =>
        (!acquire.Name.EndsWith("Async", StringComparison.Ordinal) || Operations.AwaitOf(acquire.Operation) is not null) && !acquire.HasToken(model.Api);

    /// <summary>Tells whether code runs as a part of a function: in it, or in a function that it runs in place.</summary>
    public static bool RunsInside(Body inner, Body outer)
    {
        Body? body = inner;
        while (body is { Kind: BodyKind.Inline } && !ReferenceEquals(body, outer))
        {
            body = body.Parent;
        }

        return ReferenceEquals(body, outer);
    }
}
