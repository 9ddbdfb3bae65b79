using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Model;

/// <summary>
/// What an expression names: a local, a parameter, a field or property of this or of another place. Two expressions with
/// equal places mean the same object as far as a rule needs to know; what cannot be named (calls, elements of arrays) has no place.
/// A channel's two ends are the channel.
/// </summary>
internal sealed class Place : IEquatable<Place>
{
    private readonly Place? _owner;

    private Place(ISymbol symbol, Place? owner)
    {
        Symbol = symbol;
        _owner = owner;
    }

    public ISymbol Symbol { get; }

    /// <summary>Gets the symbol at the start of the chain.</summary>
    public ISymbol Root => _owner is null ? Symbol : _owner.Root;

    /// <summary>Gets whether it is a local or a parameter itself, not a member of one.</summary>
    public bool IsVariable => _owner is null && Symbol is ILocalSymbol or IParameterSymbol;

    public static Place? Of(IOperation? operation)
    {
        switch (Operations.Unwrap(operation))
        {
            case ILocalReferenceOperation local:
                return new Place(local.Local, null);
            case IParameterReferenceOperation parameter:
                return new Place(parameter.Parameter, null);
            case IVariableDeclaratorOperation declarator:
                return new Place(declarator.Symbol, null);
            case IDeclarationExpressionOperation declaration:
                return Of(declaration.Expression);
            case IPropertyReferenceOperation { Property: { Name: "Sender" or "Receiver", ContainingType: { Name: "Chan", ContainingNamespace.Name: "Goroutines" } } } end:
                return Of(end.Instance);
            case IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol { IsIndexer: false } } member:
                if (member.Instance is null or IInstanceReferenceOperation)
                {
                    return new Place(member.Member, null);
                }

                return Of(member.Instance) is { } owner ? new Place(member.Member, owner) : null;
            default:
                return null;
        }
    }

    public bool Equals(Place? other) =>
        other is not null && Api.Same(Symbol, other.Symbol) && (_owner is null ? other._owner is null : _owner.Equals(other._owner));

    public override bool Equals(object? obj) => Equals(obj as Place);

    public override int GetHashCode() => SymbolEqualityComparer.Default.GetHashCode(Symbol);

    public override string ToString() => _owner is null ? Symbol.Name : $"{_owner}.{Symbol.Name}";
}
