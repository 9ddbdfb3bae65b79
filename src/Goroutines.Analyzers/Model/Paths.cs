using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Model;

/// <summary>Questions about the paths through one function, on the compiler's control flow graph.</summary>
/// <remarks>
/// The paths are those that are written: branches, returns and throw statements. That any call may throw is left out;
/// else every lock without a finally would be reported.
/// </remarks>
internal static class Paths
{
    /// <summary>Returns the graph of a function; null if there is none.</summary>
    public static ControlFlowGraph? Of(OperationBlockAnalysisContext context, BlockModel model, Body function)
    {
        if (function.Parent is null)
        {
            IOperation? root = model.Roots.FirstOrDefault(static root => root is IBlockOperation) ?? model.Roots[0];
            return root is IBlockOperation or IMethodBodyOperation or IFieldInitializerOperation or IPropertyInitializerOperation or IParameterInitializerOperation ? context.GetControlFlowGraph(root) : null;
        }

        if (Of(context, model, function.Parent) is not { } parent)
        {
            return null;
        }

        if (function.Root is ILocalFunctionOperation local)
        {
            return parent.LocalFunctions.Contains(local.Symbol, SymbolEqualityComparer.Default) ? parent.GetLocalFunctionControlFlowGraph(local.Symbol) : null;
        }

        foreach (BasicBlock block in parent.Blocks)
        {
            foreach (IOperation operation in All(block, 0))
            {
                if (operation is IFlowAnonymousFunctionOperation lambda && lambda.Syntax == function.Root.Syntax)
                {
                    return parent.GetAnonymousFunctionControlFlowGraph(lambda);
                }
            }
        }

        return null;
    }

    /// <summary>Tells whether a function has more than one path. Where it has not, no graph need be made.</summary>
    public static bool Fork(Body function)
    {
        foreach (IOperation operation in function.Operations)
        {
            if (operation is IConditionalOperation or ISwitchOperation or ISwitchExpressionOperation or ILoopOperation or ITryOperation or IThrowOperation or IBranchOperation
                or IReturnOperation { IsImplicit: false } or ICoalesceOperation or ICoalesceAssignmentOperation or IConditionalAccessOperation
                or IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Tells whether all paths from an operation, or from the function's start, lead to a call: it is a statement of the same block, or of the finally of
    /// one, and nothing before it jumps. That is how most code is written, and takes no graph. False where only the graph can tell.
    /// </summary>
    public static bool AllReach(Body function, IOperation? from, IOperation call)
    {
        if (Operations.StatementOf(call) is not IExpressionStatementOperation { Operation: { } whole } statement || !ReferenceEquals(whole, call))
        {
            return false;
        }

        IOperation target = statement;
        if (statement.Parent is { Parent: ITryOperation { Finally: { } last } attempt } && ReferenceEquals(last, statement.Parent))
        {
            target = attempt;
        }

        IOperation? first = from is null ? null : Operations.StatementOf(from);
        IOperation? block = from is null ? BlockOf(function) : first?.Parent;
        int start = first?.Syntax.Span.Start ?? 0, end = target.Syntax.SpanStart;
        if (block is null || !ReferenceEquals(target.Parent, block) || start >= end)
        {
            return false;
        }

        foreach (IOperation operation in function.Operations)
        {
            if (operation is IReturnOperation { IsImplicit: false } or IThrowOperation or IBranchOperation && operation.Syntax.SpanStart >= start && operation.Syntax.SpanStart < end)
            {
                return false;
            }
        }

        return true;
    }

    private static IBlockOperation? BlockOf(Body function) => function.Root switch
    {
        IAnonymousFunctionOperation lambda => lambda.Body,
        ILocalFunctionOperation local => local.Body,
        IBlockOperation block => block,
        IMethodBodyOperation program => program.BlockBody, // the statements of a file that is a program
        _ => null,
    };

    /// <summary>Tells whether a path leads from an operation to the function's end without an operation that <paramref name="ends"/>.</summary>
    public static bool ReachesEnd(ControlFlowGraph graph, SyntaxNode from, Func<IOperation, bool> ends) => Search(graph, from, ends, static _ => false, endCounts: true) is not null;

    /// <summary>Tells whether a path leads from the function's start to its end without an operation that <paramref name="ends"/>.</summary>
    public static bool ReachesEndFromStart(ControlFlowGraph graph, Func<IOperation, bool> ends)
    {
        HashSet<int> seen = [];
        return Follow(graph, graph.Blocks[0], 0, ends, static _ => false, true, seen) is not null;
    }

    /// <summary>Returns an operation that a path leads to before one that <paramref name="ends"/> it; null if there is none.</summary>
    public static IOperation? FirstReached(ControlFlowGraph graph, SyntaxNode from, Func<IOperation, bool> ends, Func<IOperation, bool> wanted) =>
        Search(graph, from, ends, wanted, endCounts: false);

    private static IOperation? Search(ControlFlowGraph graph, SyntaxNode from, Func<IOperation, bool> ends, Func<IOperation, bool> wanted, bool endCounts)
    {
        foreach (BasicBlock block in graph.Blocks)
        {
            for (int i = 0; i < block.Operations.Length; i++)
            {
                if (block.Operations[i].DescendantsAndSelf().Any(operation => operation.Syntax == from))
                {
                    return Follow(graph, block, i + 1, ends, wanted, endCounts, []);
                }
            }

            if (block.BranchValue is { } value && value.DescendantsAndSelf().Any(operation => operation.Syntax == from))
            {
                return Follow(graph, block, block.Operations.Length + 1, ends, wanted, endCounts, []);
            }
        }

        return null;
    }

    private static IOperation? Follow(
        ControlFlowGraph graph, BasicBlock block, int first, Func<IOperation, bool> ends, Func<IOperation, bool> wanted, bool endCounts, HashSet<int> seen)
    {
        foreach (IOperation operation in All(block, first))
        {
            if (ends(operation))
            {
                return null;
            }

            if (wanted(operation))
            {
                return operation;
            }
        }

        return Branch(graph, block, block.ConditionalSuccessor, ends, wanted, endCounts, seen) ?? Branch(graph, block, block.FallThroughSuccessor, ends, wanted, endCounts, seen);
    }

    private static IOperation? Branch(
        ControlFlowGraph graph, BasicBlock block, ControlFlowBranch? branch, Func<IOperation, bool> ends, Func<IOperation, bool> wanted, bool endCounts, HashSet<int> seen)
    {
        if (branch is null)
        {
            return null;
        }

        if (branch.Semantics is ControlFlowBranchSemantics.Throw or ControlFlowBranchSemantics.Rethrow)
        {
            return endCounts && !IsHandled(graph, block.EnclosingRegion, ends) ? branch.Source.BranchValue ?? block.Operations.FirstOrDefault() : null;
        }

        if (branch.Destination is not { } next || branch.FinallyRegions.Any(region => Holds(graph, region, ends)))
        {
            return null;
        }

        foreach (ControlFlowRegion region in branch.FinallyRegions)
        {
            for (int i = region.FirstBlockOrdinal; i <= region.LastBlockOrdinal; i++)
            {
                if (All(graph.Blocks[i], 0).FirstOrDefault(wanted) is { } found)
                {
                    return found;
                }
            }
        }

        if (next.Kind == BasicBlockKind.Exit)
        {
            return endCounts ? branch.Source.BranchValue ?? block.Operations.FirstOrDefault() ?? graph.OriginalOperation : null;
        }

        return seen.Add(next.Ordinal) ? Follow(graph, next, 0, ends, wanted, endCounts, seen) : null;
    }

    /// <summary>Tells whether a throw is caught in the function, or runs a finally that has what ends the path.</summary>
    private static bool IsHandled(ControlFlowGraph graph, ControlFlowRegion region, Func<IOperation, bool> ends)
    {
        for (ControlFlowRegion? current = region; current is not null; current = current.EnclosingRegion)
        {
            if (current.Kind == ControlFlowRegionKind.Try && current.EnclosingRegion is { } whole
                && (whole.Kind == ControlFlowRegionKind.TryAndCatch || whole.NestedRegions.Any(part => part.Kind == ControlFlowRegionKind.Finally && Holds(graph, part, ends))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Holds(ControlFlowGraph graph, ControlFlowRegion region, Func<IOperation, bool> wanted)
    {
        for (int i = region.FirstBlockOrdinal; i <= region.LastBlockOrdinal; i++)
        {
            if (All(graph.Blocks[i], 0).Any(wanted))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<IOperation> All(BasicBlock block, int first)
    {
        for (int i = first; i < block.Operations.Length; i++)
        {
            foreach (IOperation operation in block.Operations[i].DescendantsAndSelf())
            {
                yield return operation;
            }
        }

        if (block.BranchValue is { } value && first <= block.Operations.Length)
        {
            foreach (IOperation operation in value.DescendantsAndSelf())
            {
                yield return operation;
            }
        }
    }
}
