using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR301: releases the lock at the end of a block, on every path out of it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class UsingLockFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public UsingLockFix()
        : base("Hold the lock in a using statement", "GOR301")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (Rewriting.Call(node) is not { Expression: MemberAccessExpressionSyntax { Expression: var mutex } } call
            || call.FirstAncestorOrSelf<StatementSyntax>() is not ExpressionStatementSyntax { Parent: BlockSyntax block } statement
            || call.ArgumentList.Arguments.Any(static argument => argument.Expression is LiteralExpressionSyntax))
        {
            return null;
        }

        // From the lock to the release in the same block; no other release of it in between.
        int first = block.Statements.IndexOf(statement);
        int last = -1;
        for (int i = first + 1; i < block.Statements.Count && last < 0; i++)
        {
            if (IsRelease(block.Statements[i], mutex))
            {
                last = i;
            }
        }

        StatementSyntax[] held = [.. block.Statements.Skip(first + 1).Take(last - first - 1)];
        if (last < 0 || held.Any(one => one is LocalDeclarationStatementSyntax || one.DescendantNodes().OfType<ExpressionStatementSyntax>().Any(inner => IsRelease(inner, mutex))))
        {
            return null;
        }

        StatementSyntax @using = UsingStatement(null, statement.Expression.WithoutTrivia(), Block(held)).WithLeadingTrivia(statement.GetLeadingTrivia())
            .WithTrailingTrivia(block.Statements[last].GetTrailingTrivia()).WithAdditionalAnnotations(Formatter.Annotation);
        return root.ReplaceNode(block, block.WithStatements([.. block.Statements.Take(first), @using, .. block.Statements.Skip(last + 1)]).WithAdditionalAnnotations(Formatter.Annotation));
    }

    private static bool IsRelease(StatementSyntax statement, ExpressionSyntax mutex) =>
        statement is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Unlock" or "ReadUnlock" or "Release" } access } }
        && AreEquivalent(access.Expression, mutex);
}
