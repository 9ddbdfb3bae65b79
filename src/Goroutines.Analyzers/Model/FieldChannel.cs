using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Model;

/// <summary>A channel in a private field of a type all of whose code is in one file, if no other code sees it: all that happens to it is in that file.</summary>
/// <remarks>Read only where a rule has found an operation on the field that matters: every member that mentions it is looked at.</remarks>
internal sealed class FieldChannel
{
    private readonly List<(BlockModel Model, Body Body, IOperation Operation, bool IsSend)> _uses = [];

    private FieldChannel()
    {
    }

    /// <summary>Returns what can take part in a send, or in a receive, and where; null if that is not all known.</summary>
    public static IReadOnlyList<(BlockModel Model, Body Body, IOperation Operation)>? Partners(BlockModel model, IFieldSymbol field, bool ofSend)
    {
        if (field is not { DeclaredAccessibility: Accessibility.Private, IsReadOnly: true, ContainingType: { DeclaringSyntaxReferences: [{ } declaration] } }
            || model.Roots[0].SemanticModel is not { } semantic || declaration.SyntaxTree != semantic.SyntaxTree)
        {
            return null;
        }

        var channel = new FieldChannel();
        foreach (IdentifierNameSyntax name in declaration.GetSyntax().DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (name.Identifier.ValueText == field.Name && Api.Same(semantic.GetSymbolInfo(name).Symbol, field) && !channel.Add(model, semantic, name, field))
            {
                return null;
            }
        }

        return IsUnbuffered(semantic, field) ? [.. channel._uses.Where(use => use.IsSend != ofSend).Select(static use => (use.Model, use.Body, use.Operation))] : null;
    }

    /// <summary>Tells whether the field is initialized with a channel that certainly has no buffer.</summary>
    private static bool IsUnbuffered(SemanticModel semantic, IFieldSymbol field) => field.DeclaringSyntaxReferences is [{ } declaration]
        && declaration.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: { } value }
        && Operations.Unwrap(semantic.GetOperation(value)) is IObjectCreationOperation { Arguments: [{ Value.ConstantValue: { HasValue: true, Value: 0 } }] };

    /// <summary>Adds one mention; false if it lets other code have the channel, or takes part in it in a way that is not understood.</summary>
    private bool Add(BlockModel from, SemanticModel semantic, IdentifierNameSyntax name, IFieldSymbol field)
    {
        SyntaxNode? member = name.FirstAncestorOrSelf<SyntaxNode>(static node => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or BaseFieldDeclarationSyntax or BasePropertyDeclarationSyntax);
        ISymbol? declared = member is null ? null : semantic.GetDeclaredSymbol(member);
        if ((declared as IMethodSymbol ?? (declared as IPropertySymbol)?.GetMethod) is not { } method || from.ModelOf(method) is not { } model
            || Mention(model, name, field) is not { Instance: null or IInstanceReferenceOperation } reference)
        {
            return false;
        }

        IOperation mention = Operations.Consumer(reference) is IPropertyReferenceOperation { Property.Name: "Sender" or "Receiver" } end ? end : reference;
        Body body = model.FunctionOf(reference);
        switch (Operations.Consumer(mention))
        {
            case IInvocationOperation { Instance: { } instance } invocation when Operations.Contains(instance, mention) && model.CallOf(invocation) is { } call && (call.IsSend || call.IsReceive || call.IsClose):
                _uses.Add((model, body, invocation, !call.IsReceive)); // a close ends a receive as a send does
                return true;
            case IForEachLoopOperation loop when Operations.Contains(loop.Collection, mention):
                _uses.Add((model, body, loop, false));
                return true;
            case IArgumentOperation { Parent: IInvocationOperation select } when model.CallOf(select) is { Type: ApiType.Select } added && SelectCases.IsFluent(select):
                _uses.Add((model, body, select, added.Name is "Send" or "AndSend"));
                return true;
            case IPropertyReferenceOperation { Property.Name: "Count" or "Capacity" or "IsNil" }:
                return true;
            default:
                return false;
        }
    }

    private static IFieldReferenceOperation? Mention(BlockModel model, IdentifierNameSyntax name, IFieldSymbol field)
    {
        foreach (Body body in model.Bodies)
        {
            foreach (IOperation operation in body.Operations)
            {
                if (operation is IFieldReferenceOperation reference && Api.Same(reference.Field, field) && reference.Syntax.Span.Contains(name.Span))
                {
                    return reference;
                }
            }
        }

        return null;
    }
}
