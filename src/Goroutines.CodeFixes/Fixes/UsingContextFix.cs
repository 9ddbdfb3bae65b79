using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR401: the context is disposed at the end of the block.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class UsingContextFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public UsingContextFix()
        : base("Dispose it with using", "GOR401")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (node.FirstAncestorOrSelf<StatementSyntax>() is not LocalDeclarationStatementSyntax { Declaration: { Variables.Count: 1 } declaration, Parent: BlockSyntax } statement
            || Rewriting.Function(node) != Rewriting.Function(statement))
        {
            return null;
        }

        TypeSyntax type = declaration.Type.IsVar ? declaration.Type : IdentifierName("CancelContext").WithTrailingTrivia(declaration.Type.GetTrailingTrivia());
        LocalDeclarationStatementSyntax changed = statement.WithDeclaration(declaration.WithType(type.WithoutLeadingTrivia()))
            .WithUsingKeyword(Token(statement.GetLeadingTrivia(), SyntaxKind.UsingKeyword, TriviaList(Space)));
        return root.ReplaceNode(statement, changed);
    }
}
