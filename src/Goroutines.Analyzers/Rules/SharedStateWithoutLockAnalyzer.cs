using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR109: goroutines that run at the same time change one variable or collection without a lock.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SharedStateWithoutLockAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR109", "Goroutines change shared state without a lock",
        "'{0}' is changed by goroutines that run at the same time, and nothing orders them. Guard it with a GoMutex, use Interlocked or a concurrent collection, or send the results over a channel.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "There is no race detector for .NET. Counting with ++ loses updates; a collection may break.",
        helpLinkUri: HelpLink("GOR109"));

    /// <summary>Creates the analyzer.</summary>
    public SharedStateWithoutLockAnalyzer()
        : base(s_rule, Traits.Goroutine)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        DiagnosticSeverity severity = model.Api.IsTestProject ? DiagnosticSeverity.Info : DiagnosticSeverity.Warning;
        List<(ISymbol Shared, Body Body, IOperation Where)> seen = [];
        foreach (Body body in model.Bodies)
        {
            if (body.Kind != BodyKind.Goroutine || IsUnderTest(body) || IsGuarded(model, body))
            {
                continue;
            }

            foreach (IOperation operation in body.Operations)
            {
                if (Changed(operation) is not { } shared || IsOrdered(operation))
                {
                    continue;
                }

                if (IsShared(shared, body) && RunsTwice(model, body, shared))
                {
                    Report(context, s_rule, operation.Syntax, severity, shared.Name);
                    break;
                }

                if (IsShared(shared, body) && seen.Any(other => Api.Same(other.Shared, shared) && AreConcurrent(model, other.Body, body)))
                {
                    Report(context, s_rule, operation.Syntax, severity, shared.Name);
                    break;
                }

                seen.Add((shared, body, operation));
            }
        }
    }

    /// <summary>Tells whether the body runs under GoTest, which runs one goroutine at a time.</summary>
    private static bool IsUnderTest(Body body)
    {
        for (Body? outer = body; outer is not null; outer = outer.Parent)
        {
            if (outer.Starts.Any(static start => start.Type == ApiType.GoTest))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells whether a body takes any lock or waits at a barrier. Such a body is assumed to guard what it shares.</summary>
    private static bool IsGuarded(BlockModel model, Body body) =>
        model.Calls.Any(call => call.Body.IsWithin(body) && (call.IsAcquire || call.Name is "TryLock" or "TryReadLock" or "TryAcquire" || (call.Type == ApiType.GoBarrier && call.Waits)))
        || body.Operations.Any(static operation => operation is ILockOperation
            or IInvocationOperation { TargetMethod: { ContainingType.Name: "Monitor" or "SpinLock" or "Lock" or "SemaphoreSlim" or "ReaderWriterLockSlim" or "Mutex" } });

    /// <summary>Returns what an operation changes in a way that is not atomic: a number by <c>++</c> or <c>+=</c>, a collection by a method.</summary>
    private static ISymbol? Changed(IOperation operation)
    {
        switch (operation)
        {
            case IIncrementOrDecrementOperation step:
                return Variable(step.Target);
            case ICompoundAssignmentOperation compound:
                return Variable(compound.Target);
            case IInvocationOperation { Instance: { } instance } call when IsCollection(instance.Type) && Mutates(call.TargetMethod.Name):
                return Variable(instance);
            case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { Type.Name: "Dictionary" or "SortedDictionary" } table } }:
                return Variable(table);
            default:
                return null;
        }
    }

    private static ISymbol? Variable(IOperation operation) => Place.Of(operation) switch
    {
        { IsVariable: true } place => place.Symbol,
        { Symbol: IFieldSymbol { IsVolatile: false } field } place when Api.Same(place.Root, field) && !IsThreadStatic(field) => field,
        _ => null,
    };

    private static bool IsThreadStatic(IFieldSymbol field) => field.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "ThreadStaticAttribute");

    private static bool IsShared(ISymbol variable, Body body) => variable is IFieldSymbol || body.Captures(variable);

    /// <summary>Tells whether the change is atomic: the handlers of an event are changed atomically.</summary>
    private static bool IsOrdered(IOperation operation) => operation is IEventAssignmentOperation
        || (operation is ICompoundAssignmentOperation { Type.TypeKind: TypeKind.Delegate });

    /// <summary>Tells whether several goroutines run the body at a time, and the variable is one for all of them.</summary>
    private static bool RunsTwice(BlockModel model, Body body, ISymbol shared)
    {
        foreach (ApiCall start in body.Starts)
        {
            if (start.RunsMany)
            {
                return true;
            }

            if (Operations.LoopAround(start.Operation) is { } loop && !Joins.InRound(model, start, loop)
                && (shared is IFieldSymbol || !Operations.Contains(loop, shared)))
            {
                return true;
            }
        }

        return body.Starts.Count > 1 && body.Starts.All(start => !Joins.IsJoinedAtOnce(model, start))
            && !Joins.Between(model, body.Starts[0].Body, body.Starts[0].Position, body.Starts[1].Position);
    }

    private static bool AreConcurrent(BlockModel model, Body one, Body other) => !ReferenceEquals(one, other)
        && one.Starts is [ApiCall first, ..] && other.Starts is [ApiCall second, ..] && ReferenceEquals(first.Body, second.Body)
        && !Joins.IsJoinedAtOnce(model, first)
        && !Joins.Between(model, first.Body, Math.Min(first.Position, second.Position), Math.Max(first.Position, second.Position));

    private static bool IsCollection(ITypeSymbol? type) => type is INamedTypeSymbol { ContainingNamespace: { } space } && (type.Name, space.Name) is
        ("List" or "Dictionary" or "HashSet" or "Queue" or "Stack" or "SortedDictionary" or "SortedSet" or "SortedList" or "LinkedList" or "PriorityQueue", "Generic")
        or ("StringBuilder", "Text");

    private static bool Mutates(string name) => name.StartsWith("Add", StringComparison.Ordinal) || name.StartsWith("Append", StringComparison.Ordinal)
        || name.StartsWith("Insert", StringComparison.Ordinal) || name.StartsWith("Remove", StringComparison.Ordinal)
        || name is "Clear" or "Enqueue" or "Dequeue" or "TryDequeue" or "Push" or "Pop" or "TryPop" or "TryAdd" or "Sort" or "Reverse" or "UnionWith" or "ExceptWith" or "IntersectWith";
}
