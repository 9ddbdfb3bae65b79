using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Model;

/// <summary>Questions about whether anything closes a channel. Many channels are never closed: those of timers, and of goroutines that run forever.</summary>
internal static class Closing
{
    public static bool IsPossible(BlockModel model, IOperation? channel)
    {
        if (Place.Of(channel) is not { } place)
        {
            return false;
        }

        switch (place.Symbol)
        {
            case IPropertySymbol property when model.Api.TypeOf(property.ContainingType) != ApiType.None:
                return false; // a ticker's, a context's
            case ILocalSymbol local when place.IsVariable:
                return IsClosedHere(model, place)
                    || (LocalChannelOf(model, local) is null && MayBeChannelOfUser(model, local) && TypeCloses(model.Member.ContainingType, local.Name));
            case IFieldSymbol or IPropertySymbol:
                return TypeCloses(place.Symbol.ContainingType, place.Symbol.Name);
            default:
                return place.IsVariable && TypeCloses(model.Member.ContainingType, place.Symbol.Name);
        }
    }

    private static bool IsClosedHere(BlockModel model, Place place) => model.Calls.Any(call => call.IsClose && place.Equals(call.Target));

    private static LocalChannel? LocalChannelOf(BlockModel model, ILocalSymbol local) =>
        model.LocalChannels.FirstOrDefault(channel => Api.Same(channel.Variable, local));

    /// <summary>Tells whether a channel may come from user code. The channels of Tick and After are never closed.</summary>
    private static bool MayBeChannelOfUser(BlockModel model, ILocalSymbol local)
    {
        INamedTypeSymbol? source = model.InitializerOf(local) switch
        {
            IInvocationOperation invocation => invocation.TargetMethod.ContainingType,
            IPropertyReferenceOperation property => property.Property.ContainingType,
            _ => null,
        };
        return model.Api.TypeOf(source) is ApiType.None or ApiType.Chan or ApiType.Receiver or ApiType.Sender;
    }

    /// <summary>Looks through the text of a type for a call of Close on what has a name: the field itself, or what a parameter is likely to be.</summary>
    private static bool TypeCloses(INamedTypeSymbol? type, string name) => type is not null && type.DeclaringSyntaxReferences.Any(declaration => declaration.GetSyntax().DescendantNodes()
        .OfType<MemberAccessExpressionSyntax>().Any(access => access.Name.Identifier.ValueText is "Close" or "TryClose"
            && access.Expression.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(part => part.Identifier.ValueText == name)));
}
