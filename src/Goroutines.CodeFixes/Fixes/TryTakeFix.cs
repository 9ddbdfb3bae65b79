using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR211: takes the value alone, which a closed channel does not give.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class TryTakeFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public TryTakeFix()
        : base("Use TryTake", "GOR211")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (Rewriting.Call(node) is not { ArgumentList.Arguments: [{ Expression: var received }], Parent: WhileStatementSyntax loop } call)
        {
            return null;
        }

        if (received is not DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax variable } declaration)
        {
            return received is DeclarationExpressionSyntax ? root.ReplaceNode(call, Rewriting.WithName(call, "TryTake")) : null;
        }

        if (model.GetDeclaredSymbol(variable) is not ILocalSymbol { Type: INamedTypeSymbol { TypeArguments: [{ } type] } })
        {
            return null;
        }

        string name = variable.Identifier.ValueText;
        MemberAccessExpressionSyntax[] uses = [.. loop.Statement.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
            .Where(access => access is { Name.Identifier.ValueText: "Value", Expression: IdentifierNameSyntax { Identifier.ValueText: { } used } } && used == name)];
        StatementSyntax body = loop.Statement.ReplaceNodes(uses, (use, _) => IdentifierName(name).WithTriviaFrom(use));
        TypeSyntax declared = declaration.Type.IsVar ? declaration.Type : ParseTypeName(Rewriting.TypeName(type, model, call.SpanStart)).WithTriviaFrom(declaration.Type);
        ExpressionSyntax condition = Rewriting.WithName(call.ReplaceNode(declaration, declaration.WithType(declared)), "TryTake");
        return root.ReplaceNode(loop, loop.WithCondition(condition).WithStatement(body));
    }
}
