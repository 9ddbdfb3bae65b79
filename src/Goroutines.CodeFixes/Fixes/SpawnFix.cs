using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR104, and the compiler's CS4014 on <c>Run</c>: starts a goroutine without a handle.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class SpawnFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public SpawnFix()
        : base("Start it with Spawn", "GOR104", "CS4014")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (Rewriting.Call(node) is not { } call || Rewriting.Name(call) is not IdentifierNameSyntax
            || model.GetSymbolInfo(call).Symbol is not IMethodSymbol { Name: "Run", ContainingType: { Name: "Go" or "GoRuntime", ContainingNamespace.Name: "Goroutines" } }
            || call.ArgumentList.Arguments is not [{ Expression: var body }, ..] || ReturnsValue(body))
        {
            return null;
        }

        return root.ReplaceNode(call, Rewriting.WithName(call, "Spawn"));
    }

    private static bool ReturnsValue(ExpressionSyntax body) => body is AnonymousFunctionExpressionSyntax { Block: { } block } && block
        .DescendantNodes(static child => child is not AnonymousFunctionExpressionSyntax and not LocalFunctionStatementSyntax)
        .Any(static child => child is ReturnStatementSyntax { Expression: not null });
}
