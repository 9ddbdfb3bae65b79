using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR305: looks at the condition again after the wait.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class WhileInsteadOfIfFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public WhileInsteadOfIfFix()
        : base("Wait in a loop", "GOR305")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (node.FirstAncestorOrSelf<IfStatementSyntax>() is not { Else: null } choice || choice.Statement is BlockSyntax { Statements.Count: not 1 } || Rewriting.Function(node) != Rewriting.Function(choice))
        {
            return null;
        }

        return root.ReplaceNode(choice, WhileStatement(Token(SyntaxKind.WhileKeyword).WithTriviaFrom(choice.IfKeyword), choice.OpenParenToken, choice.Condition, choice.CloseParenToken, choice.Statement));
    }
}
