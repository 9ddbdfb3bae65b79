using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR306: waits for the group at the end of the block that declares it; moves a wait out of the loop that starts the goroutines.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class WaitForGroupFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public WaitForGroupFix()
        : base("Wait for the group", "GOR306")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (Rewriting.Call(node) is not { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax group } access } call)
        {
            return null;
        }

        return access.Name.Identifier.ValueText is "WaitAsync" or "Wait" ? MoveOut(root, call) : Append(root, group, call, model);
    }

    private static SyntaxNode? MoveOut(SyntaxNode root, InvocationExpressionSyntax call)
    {
        if (call.FirstAncestorOrSelf<StatementSyntax>() is not ExpressionStatementSyntax { Parent: BlockSyntax { Parent: StatementSyntax { Parent: BlockSyntax } loop } } wait
            || loop is not (WhileStatementSyntax or ForStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax))
        {
            return null;
        }

        StatementSyntax without = loop.RemoveNode(wait, SyntaxRemoveOptions.KeepExteriorTrivia)!.WithAdditionalAnnotations(Formatter.Annotation);
        StatementSyntax moved = wait.WithLeadingTrivia(ElasticMarker).WithAdditionalAnnotations(Formatter.Annotation);
        return root.ReplaceNode(loop, [without, moved]);
    }

    private static SyntaxNode? Append(SyntaxNode root, IdentifierNameSyntax group, InvocationExpressionSyntax call, SemanticModel model)
    {
        // A return between the start and the end of the block would skip the wait, so one added statement is not enough.
        if (model.GetSymbolInfo(group).Symbol is not ILocalSymbol { DeclaringSyntaxReferences: [{ } declared] }
            || declared.GetSyntax().FirstAncestorOrSelf<StatementSyntax>() is not LocalDeclarationStatementSyntax { Parent: BlockSyntax block } declaration
            || Rewriting.Function(call) != Rewriting.Function(declaration))
        {
            return null;
        }

        StatementSyntax last = block.Statements.Last();
        bool returns = last is ReturnStatementSyntax;
        if (block.DescendantNodes(static child => child is not AnonymousFunctionExpressionSyntax and not LocalFunctionStatementSyntax)
                .Any(child => (child is ReturnStatementSyntax && child != last) || child is YieldStatementSyntax)
            || (!returns && model.AnalyzeControlFlow(block.Statements.First(), last) is not { Succeeded: true, EndPointIsReachable: true }))
        {
            return null;
        }

        string text = Rewriting.IsInAsync(declaration) ? $"await {group.Identifier.ValueText}.WaitAsync();" : $"{group.Identifier.ValueText}.Wait();";
        StatementSyntax wait = Rewriting.Statement(text);
        return returns ? Rewriting.InsertBefore(root, last, wait, last) : root.ReplaceNode(block, block.AddStatements(wait.WithLeadingTrivia(ElasticMarker)));
    }
}
