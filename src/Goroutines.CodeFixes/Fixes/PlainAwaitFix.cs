using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR106: removes <c>ConfigureAwait</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class PlainAwaitFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public PlainAwaitFix()
        : base("Await without ConfigureAwait", "GOR106")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model) =>
        Rewriting.Call(node) is { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" } access } call
            ? root.ReplaceNode(call, access.Expression.WithTriviaFrom(call))
            : null;
}
