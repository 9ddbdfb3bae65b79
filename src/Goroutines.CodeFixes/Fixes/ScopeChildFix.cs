using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR110: starts the goroutine by the scope.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class ScopeChildFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public ScopeChildFix()
        : base("Start it as a child of the scope", "GOR110")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (Rewriting.Call(node) is not { Expression: MemberAccessExpressionSyntax access } call
            || Rewriting.Function(call) is not AnonymousFunctionExpressionSyntax lambda || model.GetSymbolInfo(lambda).Symbol is not IMethodSymbol { Parameters: [{ } scope] })
        {
            return null;
        }

        return root.ReplaceNode(access.Expression, IdentifierName(scope.Name).WithTriviaFrom(access.Expression));
    }
}
