using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Model;

/// <summary>One mention of a local or a parameter.</summary>
internal sealed class Reference(ISymbol variable, IOperation operation, Body body)
{
    public ISymbol Variable { get; } = variable;

    public IOperation Operation { get; } = operation;

    public Body Body { get; } = body;

    public int Position => Operation.Syntax.SpanStart;

    /// <summary>Gets whether the mention gives the variable a new value.</summary>
    public bool IsWrite => Operation.Parent switch
    {
        IIncrementOrDecrementOperation => true,
        IAssignmentOperation assignment => ReferenceEquals(assignment.Target, Operation),
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } => true,
        ITupleOperation { Parent: IDeconstructionAssignmentOperation deconstruction } tuple => ReferenceEquals(deconstruction.Target, tuple),
        _ => false,
    };

    /// <summary>Gets whether the value is read, too.</summary>
    public bool IsRead => !IsWrite || Operation.Parent is IIncrementOrDecrementOperation or ICompoundAssignmentOperation
        or IArgumentOperation { Parameter.RefKind: RefKind.Ref };
}
