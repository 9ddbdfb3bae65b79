using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR105: casts an endless body to Action.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class ActionCastFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public ActionCastFix()
        : base("Run it as a synchronous body (cast to Action)", "GOR105")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (node.FirstAncestorOrSelf<ParenthesizedLambdaExpressionSyntax>() is not { ParameterList.Parameters.Count: 0 } lambda)
        {
            return null;
        }

        return root.ReplaceNode(lambda, CastExpression(IdentifierName("Action"), ParenthesizedExpression(lambda.WithoutTrivia())).WithTriviaFrom(lambda));
    }
}
