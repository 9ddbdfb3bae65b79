using System.Composition;
using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR103: makes the body of a goroutine async and awaits; elsewhere calls the synchronous form.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class AwaitOperationFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public AwaitOperationFix()
        : base("Wait for the operation", "GOR103")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (Rewriting.Call(node) is not { } call || model.GetSymbolInfo(call).Symbol is not IMethodSymbol method)
        {
            return null;
        }

        if (Rewriting.Function(call) is ParenthesizedLambdaExpressionSyntax { Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax start } } lambda
            && lambda.AsyncKeyword.IsKind(SyntaxKind.None)
            && model.GetSymbolInfo(start).Symbol is IMethodSymbol { ContainingNamespace.Name: "Goroutines", Name: "Spawn" or "Run" or "TrySpawn" or "SpawnAsync" or "AfterFunc" }
            && !lambda.Body.DescendantNodes(static child => child is not AnonymousFunctionExpressionSyntax and not LocalFunctionStatementSyntax)
                .Any(static child => child is ReturnStatementSyntax { Expression: not null } or LockStatementSyntax))
        {
            ParenthesizedLambdaExpressionSyntax awaiting = lambda.ReplaceNode(call, Rewriting.Await(call, call));
            awaiting = awaiting.WithoutLeadingTrivia().WithAsyncKeyword(Token(lambda.GetLeadingTrivia(), SyntaxKind.AsyncKeyword, TriviaList(Space)));
            return root.ReplaceNode(lambda, awaiting);
        }

        return SynchronousForms.Of(method) is { } synchronous ? root.ReplaceNode(call, Rewriting.WithName(call, synchronous.Name)) : null;
    }
}
