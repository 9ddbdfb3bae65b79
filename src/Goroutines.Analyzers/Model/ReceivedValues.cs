using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Model;

/// <summary>Questions about the use of the pair that a receive returns.</summary>
internal static class ReceivedValues
{
    /// <summary>Tells whether the code may look at Ok; false only if it certainly does not.</summary>
    public static bool LooksAtOk(BlockModel model, ApiCall receive)
    {
        switch (Operations.ResultConsumer(receive.Operation))
        {
            case IExpressionStatementOperation:
            case IPropertyReferenceOperation { Property.Name: "Value" }:
                return false;
            case IDeconstructionAssignmentOperation { Target: var target }:
                return Elements(target) is not [_, var ok] || IsRead(model, ok);
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator }:
                return UsesOk(model, declarator.Symbol);
            default:
                return true;
        }
    }

    /// <summary>Tells whether a variable of type Received is used for more than its value.</summary>
    public static bool UsesOk(BlockModel model, ISymbol received) => model.ReferencesTo(received).Any(static reference =>
        reference.Operation.Parent is not IDeclarationExpressionOperation and not IArgumentOperation { Parameter.RefKind: RefKind.Out }
        && Operations.Consumer(reference.Operation) is not IPropertyReferenceOperation { Property.Name: "Value" });

    private static IOperation[] Elements(IOperation target) => target switch
    {
        IDeclarationExpressionOperation declaration => Elements(declaration.Expression),
        ITupleOperation tuple => [.. tuple.Elements],
        _ => [],
    };

    private static bool IsRead(BlockModel model, IOperation element) => element switch
    {
        IDiscardOperation => false,
        IDeclarationExpressionOperation declaration => IsRead(model, declaration.Expression),
        ILocalReferenceOperation local => model.ReferencesTo(local.Local).Any(reference => !ReferenceEquals(reference.Operation, local)),
        _ => true,
    };
}
