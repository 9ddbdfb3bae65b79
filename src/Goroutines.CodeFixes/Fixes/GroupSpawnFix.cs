using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR304: starts the goroutine with the group's Spawn, which calls Add before the start and Done at the end.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class GroupSpawnFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public GroupSpawnFix()
        : base("Start it with the group", "GOR304")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (Rewriting.Call(node) is not { Expression: MemberAccessExpressionSyntax { Expression: var group } } add || add.ArgumentList.Arguments is not [{ Expression: LiteralExpressionSyntax { Token.ValueText: "1" } }]
            || Rewriting.Function(add) is not AnonymousFunctionExpressionSyntax { Block: { } body, Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax start } }
            || start is not { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Spawn" } spawn, ArgumentList.Arguments.Count: 1 }
            || !body.Statements.Any(statement => IsCall(statement, group, "Add")) || body.Statements.Last() is not { } last || !IsCall(last, group, "Done")
            || body.DescendantNodes().OfType<ExpressionStatementSyntax>().Count(statement => IsCall(statement, group, "Done") || IsCall(statement, group, "Add")) != 2
            || spawn.Expression is not IdentifierNameSyntax)
        {
            return null;
        }

        BlockSyntax without = body.WithStatements([.. body.Statements.Where(statement => !IsCall(statement, group, "Add") && !IsCall(statement, group, "Done"))]);
        return root.ReplaceNode(start, start.ReplaceNodes([body, (SyntaxNode)spawn.Expression], (old, _) => old == body ? without : group.WithTriviaFrom(old)));
    }

    private static bool IsCall(StatementSyntax statement, ExpressionSyntax group, string name) =>
        statement is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } }
        && access.Name.Identifier.ValueText == name && AreEquivalent(access.Expression, group);
}
