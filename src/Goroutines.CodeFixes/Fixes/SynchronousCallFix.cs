using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR102: awaits what was wrapped in <c>Blocking</c>; calls <c>DoAsync</c> instead of <c>Do</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class SynchronousCallFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public SynchronousCallFix()
        : base("Await it", "GOR102")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (node.FirstAncestorOrSelf<LambdaExpressionSyntax>() is not { Parent.Parent.Parent: InvocationExpressionSyntax call } lambda
            || !Rewriting.IsInAsync(call))
        {
            return null;
        }

        switch (Rewriting.Name(call)?.Identifier.ValueText)
        {
            case "Blocking" when lambda.ExpressionBody is { } body:
                ExpressionSyntax awaited = body is AwaitExpressionSyntax ? body.WithTriviaFrom(call) : Rewriting.Await(body.WithTriviaFrom(call), call);
                return root.ReplaceNode(call, awaited);
            case "Do" when lambda.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword):
                return root.ReplaceNode(call, Rewriting.Await(Rewriting.WithName(call, "DoAsync"), call));
            default:
                return null;
        }
    }
}
