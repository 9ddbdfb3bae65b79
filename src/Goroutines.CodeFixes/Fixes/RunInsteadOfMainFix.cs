using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR108: starts a goroutine and awaits it instead of calling <c>Main</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class RunInsteadOfMainFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public RunInsteadOfMainFix()
        : base("Await Run", "GOR108")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model) =>
        Rewriting.Call(node) is { } call && Rewriting.IsInAsync(call)
            ? root.ReplaceNode(call, Rewriting.Await(Rewriting.WithName(call, "Run"), call))
            : null;
}
