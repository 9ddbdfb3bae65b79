using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR504: passes the time instead of what is left until then.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class PointInTimeFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public PointInTimeFix()
        : base("Give the point in time", "GOR504")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (node is not BinaryExpressionSyntax { Left: var time } difference || difference.FirstAncestorOrSelf<ArgumentSyntax>() is not { Parent.Parent: { } user })
        {
            return null;
        }

        string? name = user is InvocationExpressionSyntax call ? Rewriting.Name(call)?.Identifier.ValueText : null;
        SyntaxNode changed = user.ReplaceNode(difference, time.WithTriviaFrom(difference));
        return name switch
        {
            "SleepAsync" => root.ReplaceNode(user, Rewriting.WithName((InvocationExpressionSyntax)changed, "SleepUntilAsync")),
            "WithTimeout" => root.ReplaceNode(user, Rewriting.WithName((InvocationExpressionSyntax)changed, "WithDeadline")),
            "Reset" or null => root.ReplaceNode(user, changed),
            _ => null,
        };
    }
}
