using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR201: makes of an endless loop that begins with a receive one over the channel.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class AwaitForEachFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public AwaitForEachFix()
        : base("Write await foreach", "GOR201")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (Rewriting.Call(node) is not { Expression: MemberAccessExpressionSyntax { Expression: var channel } } call
            || call.FirstAncestorOrSelf<StatementSyntax>() is not ExpressionStatementSyntax { Parent: BlockSyntax { Parent: WhileStatementSyntax loop } block } statement
            || block.Statements[0] != statement || statement.Expression is not AssignmentExpressionSyntax { Left: DeclarationExpressionSyntax declaration }
            || declaration.Designation is not ParenthesizedVariableDesignationSyntax { Variables: [SingleVariableDesignationSyntax value, ..] }
            || model.GetDeclaredSymbol(value) is not ILocalSymbol local || call.Parent is not AwaitExpressionSyntax)
        {
            return null;
        }

        string head = $"await foreach ({Rewriting.TypeName(local.Type, model, loop.SpanStart)} {value.Identifier.ValueText} in {channel})\n";
        var each = (CommonForEachStatementSyntax)ParseStatement(head + "{ }");
        return root.ReplaceNode(loop, each.WithStatement(block.WithStatements(block.Statements.RemoveAt(0))).WithTriviaFrom(loop));
    }
}
