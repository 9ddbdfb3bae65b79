using System.Collections.Concurrent;
using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR307: two locks are taken in opposite orders at two places of one type.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LockOrderAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR307", "Two locks are taken in opposite orders",
        "'{0}' is taken while '{1}' is held, and elsewhere in this type it is the other way round: two goroutines can wait for each other. Take them in one order everywhere.",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true,
        description: "Two goroutines that hold one lock each and wait for the other wait for good.",
        helpLinkUri: HelpLink("GOR307"));

    /// <summary>Creates the analyzer.</summary>
    public LockOrderAnalyzer()
        : base(s_rule, Traits.Lock)
    {
    }

    private protected override void Register(CompilationStartAnalysisContext context, Api api) => context.RegisterSymbolStartAction(
        start =>
        {
            ConcurrentBag<(ISymbol Outer, ISymbol Inner, Location Where)> nested = [];
            start.RegisterOperationBlockAction(block =>
            {
                if (ModelOf(api, block) is { } model)
                {
                    Collect(model, nested);
                }
            });
            start.RegisterSymbolEndAction(end =>
            {
                if (nested.IsEmpty)
                {
                    return;
                }

                foreach ((ISymbol outer, ISymbol inner, Location where) in nested)
                {
                    if (nested.Any(other => Api.Same(other.Outer, inner) && Api.Same(other.Inner, outer) && other.Where != where))
                    {
                        end.ReportDiagnostic(Diagnostic.Create(s_rule, where, inner.Name, outer.Name));
                    }
                }
            });
        },
        SymbolKind.NamedType);

    private static void Collect(BlockModel model, ConcurrentBag<(ISymbol Outer, ISymbol Inner, Location Where)> nested)
    {
        bool hasSeveral = HasSeveralLocks(model.Api, model.Member.ContainingType);
        foreach (HeldLock held in model.HeldLocks)
        {
            foreach (ApiCall inner in model.Calls)
            {
                if (inner.IsAcquire && inner.Target is { } place && !place.Equals(held.Place) && ReferenceEquals(inner.Body, held.Body) && held.Covers(inner.Operation)
                    && held.Acquire.Type != ApiType.WeightedSemaphore && inner.Type != ApiType.WeightedSemaphore && IsOne(place) && IsOne(held.Place))
                {
                    nested.Add((held.Place.Symbol, place.Symbol, inner.Operation.Syntax.GetLocation()));
                }
            }

            if (hasSeveral && held.Acquire.Type != ApiType.WeightedSemaphore && held.Place.Symbol is IFieldSymbol && IsOne(held.Place))
            {
                CollectCallees(model, held, nested);
            }
        }
    }

    /// <summary>Adds the locks that methods of the same object take when they are called under a lock.</summary>
    private static void CollectCallees(BlockModel model, HeldLock held, ConcurrentBag<(ISymbol Outer, ISymbol Inner, Location Where)> nested)
    {
        foreach (IInvocationOperation call in held.Body.Invocations)
        {
            if (held.Covers(call) && Callees.IsOwn(call, model.Member.ContainingType))
            {
                foreach ((ApiCall acquire, _) in Callees.Acquisitions(model, call.TargetMethod))
                {
                    if (acquire is { Type: not ApiType.WeightedSemaphore, Target: { Symbol: IFieldSymbol } place } && !place.Equals(held.Place) && IsOne(place))
                    {
                        nested.Add((held.Place.Symbol, place.Symbol, call.Syntax.GetLocation()));
                    }
                }
            }
        }
    }

    private static bool HasSeveralLocks(Api api, INamedTypeSymbol type) => type.GetMembers().Count(member => member is IFieldSymbol field && api.TypeOf(field.Type) is ApiType.GoMutex or ApiType.GoRWMutex) > 1;

    /// <summary>Tells whether a place always means the same lock: a field of this object or a local does; a parameter or a field of another object does not.</summary>
    private static bool IsOne(Place place) => Api.Same(place.Root, place.Symbol) && place.Symbol is IFieldSymbol or ILocalSymbol;
}
