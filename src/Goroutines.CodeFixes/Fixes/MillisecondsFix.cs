using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR501: milliseconds instead of ticks.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class MillisecondsFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public MillisecondsFix()
        : base("Give the duration in milliseconds", "GOR501")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        ExpressionSyntax? ticks = node switch
        {
            BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: [{ Expression: { } value }] } => value,
            InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: { } value }] } => value,
            _ => null,
        };
        return ticks is null ? null : root.ReplaceNode(node, ParseExpression($"TimeSpan.FromMilliseconds({ticks})").WithTriviaFrom(node));
    }
}
