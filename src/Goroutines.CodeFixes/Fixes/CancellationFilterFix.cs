using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR403: does not catch what a cancelled operation throws.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class CancellationFilterFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public CancellationFilterFix()
        : base("Let the cancellation through", "GOR403")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (node.FirstAncestorOrSelf<CatchClauseSyntax>() is not { Filter: null, Declaration: { } declaration } handler)
        {
            return null;
        }

        string name = declaration.Identifier.IsKind(SyntaxKind.None) ? "e" : declaration.Identifier.ValueText;
        CatchDeclarationSyntax named = declaration.Identifier.IsKind(SyntaxKind.None)
            ? declaration.WithType(declaration.Type.WithTrailingTrivia(Space)).WithIdentifier(Identifier(name))
            : declaration;
        CatchFilterClauseSyntax filter = CatchFilterClause(ParseExpression($"{name} is not OperationCanceledException"))
            .WithWhenKeyword(Token(TriviaList(Space), SyntaxKind.WhenKeyword, TriviaList(Space))).WithTrailingTrivia(declaration.GetTrailingTrivia());
        return root.ReplaceNode(handler, handler.WithDeclaration(named.WithoutTrailingTrivia()).WithFilter(filter));
    }
}
