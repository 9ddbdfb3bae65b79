using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR404: a property with a value of its own instead of one that makes a key at every read.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class KeyPropertyFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public KeyPropertyFix()
        : base("Make the key once", "GOR404")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (node.FirstAncestorOrSelf<PropertyDeclarationSyntax>() is not { ExpressionBody: { } body } property || !property.Modifiers.Any(SyntaxKind.StaticKeyword) || body.Expression != node)
        {
            return null;
        }

        MemberDeclarationSyntax? made = ParseMemberDeclaration($"{property.WithExpressionBody(null).WithSemicolonToken(default).WithoutTrivia()} {{ get; }} = {body.Expression};");
        return made is null ? null : root.ReplaceNode(property, made.WithTriviaFrom(property));
    }
}
