using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR401: a context is made and never cancelled or disposed.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ContextNotDisposedAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR401", "A context is never cancelled",
        "Nothing cancels or disposes this context: its timer and its place in the parent stay until the deadline, or for good. Write 'using CancelContext {0} = ...'.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "As Go's vet says of a lost cancel function.",
        helpLinkUri: HelpLink("GOR401"));

    /// <summary>Creates the analyzer.</summary>
    public ContextNotDisposedAnalyzer()
        : base(s_rule, Traits.Context)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (call.Type is ApiType.GoContext or ApiType.CancelContext && call.Name is "WithCancel" or "WithTimeout" or "WithDeadline" && IsLost(model, call.Operation, out string? name))
            {
                Report(context, s_rule, call.Operation.Syntax, name ?? "context");
            }
        }
    }

    private static bool IsLost(BlockModel model, IOperation creation, out string? name)
    {
        name = null;
        switch (Operations.Consumer(creation))
        {
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator }:
                name = declarator.Symbol.Name;
                for (IOperation? parent = declarator.Parent; parent is not null and not IBlockOperation; parent = parent.Parent)
                {
                    if (parent is IUsingOperation or IUsingDeclarationOperation)
                    {
                        return false;
                    }
                }

                return model.ReferencesTo(declarator.Symbol).All(reference => KeepsNothing(model, reference.Operation));
            case ISimpleAssignmentOperation { Target: IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation, Field: { } field } }:
                name = field.Name;
                return IsNeverCancelled(model, field);
            case IArgumentOperation { Parameter: { } parameter }:
                return IsView(model, parameter.Type);
            case IExpressionStatementOperation:
                return !model.IsWholeLambda(creation, static _ => true);
            case IPropertyReferenceOperation:
                return true;
            default:
                return false;
        }
    }

    /// <summary>Tells whether no code of a type whose whole text is in this file can end the context in a private field.</summary>
    private static bool IsNeverCancelled(BlockModel model, IFieldSymbol field)
    {
        if (field is not { DeclaredAccessibility: Accessibility.Private, ContainingType.DeclaringSyntaxReferences: [{ } declaration] }
            || model.Roots[0].SemanticModel is not { } semantic || declaration.SyntaxTree != semantic.SyntaxTree)
        {
            return false;
        }

        foreach (IdentifierNameSyntax name in declaration.GetSyntax().DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (name.Identifier.ValueText != field.Name || !Api.Same(semantic.GetSymbolInfo(name).Symbol, field))
            {
                continue;
            }

            SyntaxNode mention = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access ? access : name;
            if (semantic.GetOperation(mention) is not { } reference
                || !(reference.Parent is ISimpleAssignmentOperation assignment && ReferenceEquals(assignment.Target, reference) || KeepsNothing(model, reference)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Tells whether a mention neither ends the context nor hands over the duty to end it.</summary>
    private static bool KeepsNothing(BlockModel model, IOperation mention) => Operations.Consumer(mention) switch
    {
        IInvocationOperation { Instance: { } instance } call when Operations.Contains(instance, mention) => call.TargetMethod.Name is not ("Dispose" or "DisposeAsync" or "Cancel"),
        IPropertyReferenceOperation => true,
        IArgumentOperation { Parameter: { } parameter } => IsView(model, parameter.Type),
        _ => false,
    };

    /// <summary>Tells whether a type cannot cancel the context: a GoContext or a token can only observe it.</summary>
    private static bool IsView(BlockModel model, ITypeSymbol type) => model.Api.TypeOf(type) == ApiType.GoContext || model.Api.IsToken(type);
}
