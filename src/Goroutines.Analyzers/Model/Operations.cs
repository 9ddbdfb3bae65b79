using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Model;

/// <summary>Questions about operations that several rules ask.</summary>
internal static class Operations
{
    /// <summary>Looks through conversions and parentheses.</summary>
    public static IOperation? Unwrap(IOperation? operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation conversion:
                    operation = conversion.Operand;
                    break;
                case IParenthesizedOperation parenthesized:
                    operation = parenthesized.Operand;
                    break;
                default:
                    return operation;
            }
        }
    }

    /// <summary>Returns the nearest parent that is neither a conversion nor a parenthesis.</summary>
    public static IOperation? Consumer(IOperation operation)
    {
        IOperation? parent = operation.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation)
        {
            parent = parent.Parent;
        }

        return parent;
    }

    /// <summary>Returns the await of an operation, also through <c>ConfigureAwait</c>; null if it is not awaited where it stands.</summary>
    public static IAwaitOperation? AwaitOf(IOperation operation)
    {
        IOperation? consumer = Consumer(operation);
        if (consumer is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" } configured)
        {
            consumer = Consumer(configured);
        }

        return consumer as IAwaitOperation;
    }

    /// <summary>Returns the operation that uses the value of a wait: the consumer of its await, or of the synchronous call.</summary>
    public static IOperation? ResultConsumer(IOperation wait) => Consumer(AwaitOf(wait) ?? wait);

    public static bool IsDropped(IOperation wait) => ResultConsumer(wait) is IExpressionStatementOperation;

    /// <summary>Tells whether a function boundary lies here: a lambda, a local function or the member itself.</summary>
    public static bool IsFunction(IOperation operation) => operation is IAnonymousFunctionOperation or ILocalFunctionOperation;

    /// <summary>Returns the innermost loop that runs <paramref name="operation"/> again and again, within its function.</summary>
    public static ILoopOperation? LoopAround(IOperation operation)
    {
        IOperation child = operation;
        for (IOperation? parent = operation.Parent; parent is not null && !IsFunction(parent); parent = parent.Parent)
        {
            if (parent is ILoopOperation loop && Repeats(loop, child))
            {
                return loop;
            }

            child = parent;
        }

        return null;
    }

    public static bool Contains(IOperation outer, IOperation inner) =>
        outer.Syntax.SyntaxTree == inner.Syntax.SyntaxTree && outer.Syntax.Span.Contains(inner.Syntax.Span);

    /// <summary>Tells whether a variable is declared within an operation.</summary>
    public static bool Contains(IOperation outer, ISymbol variable) => variable.DeclaringSyntaxReferences is [{ } declaration, ..]
        && declaration.SyntaxTree == outer.Syntax.SyntaxTree && outer.Syntax.Span.Contains(declaration.Span);

    /// <summary>Tells whether a loop has no end of its own: no condition, or the constant true.</summary>
    public static bool IsEndless(ILoopOperation loop) => loop switch
    {
        IForLoopOperation { Condition: null } => true,
        IForLoopOperation { Condition.ConstantValue: { HasValue: true, Value: true } } => true,
        IWhileLoopOperation { Condition.ConstantValue: { HasValue: true, Value: true } } => true,
        _ => false,
    };

    /// <summary>Returns the operation's descendants and itself, not those in lambdas and local functions.</summary>
    public static IEnumerable<IOperation> InFunction(IOperation root)
    {
        Stack<IOperation> pending = new();
        pending.Push(root);
        while (pending.Count != 0)
        {
            IOperation operation = pending.Pop();
            yield return operation;
            foreach (IOperation child in operation.ChildOperations.Reverse())
            {
                if (!IsFunction(child))
                {
                    pending.Push(child);
                }
            }
        }
    }

    /// <summary>Tells whether control can leave the loop from within: break, return, throw, goto (not of nested functions).</summary>
    public static bool HasExit(ILoopOperation loop)
    {
        foreach (IOperation operation in InFunction(loop.Body))
        {
            switch (operation)
            {
                case IReturnOperation { Kind: not OperationKind.YieldReturn }:
                case IThrowOperation:
                    return true;
                case IBranchOperation { BranchKind: BranchKind.GoTo }:
                    return true;
                case IBranchOperation { BranchKind: BranchKind.Break } branch when Api.Same(branch.Target, loop.ExitLabel):
                    return true;
            }
        }

        return false;
    }

    /// <summary>Tells whether one statement ends in a jump out of what it stands in.</summary>
    public static bool Leaves(IOperation? statement) => statement switch
    {
        IReturnOperation or IThrowOperation or IBranchOperation => true,
        IExpressionStatementOperation { Operation: IThrowOperation } => true,
        IBlockOperation { Operations: { Length: > 0 } operations } => Leaves(operations[operations.Length - 1]),
        IConditionalOperation { WhenFalse: { } otherwise } conditional => Leaves(conditional.WhenTrue) && Leaves(otherwise),
        _ => false,
    };

    /// <summary>
    /// Tells whether the text comes through one operation of a function on each of its paths to another, later one. Returns and jumps between the two do
    /// not matter, since they lead past both.
    /// </summary>
    public static bool IsOnEachPathTo(IOperation first, IOperation later)
    {
        if (later.Syntax.SpanStart < first.Syntax.Span.End)
        {
            return false;
        }

        for (IOperation? around = first.Parent; around is not null && !Contains(around, later); around = around.Parent)
        {
            if (around is IConditionalOperation or ISwitchOperation or ISwitchExpressionOperation or ILoopOperation or ICatchClauseOperation or ITryOperation || IsFunction(around))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Returns the argument bound to a parameter; null where it was left out.</summary>
    public static IArgumentOperation? Argument(IInvocationOperation invocation, Func<IParameterSymbol, bool> which)
    {
        foreach (IArgumentOperation argument in invocation.Arguments)
        {
            if (argument is { ArgumentKind: ArgumentKind.Explicit, Parameter: { } parameter } && which(parameter))
            {
                return argument;
            }
        }

        return null;
    }

    /// <summary>Returns the statement, a child of a block, that holds the operation.</summary>
    public static IOperation? StatementOf(IOperation operation)
    {
        IOperation? current = operation;
        while (current is { Parent: { } parent and not IBlockOperation and not ISwitchCaseOperation })
        {
            current = parent;
        }

        return current?.Parent is null ? null : current;
    }

    private static bool Repeats(ILoopOperation loop, IOperation child) => loop switch
    {
        IForEachLoopOperation each => !ReferenceEquals(child, each.Collection),
        IForLoopOperation @for => !@for.Before.Contains(child),
        _ => true,
    };
}
