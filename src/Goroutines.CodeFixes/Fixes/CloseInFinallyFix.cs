using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR202: closes the channel when its only sender ends.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class CloseInFinallyFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public CloseInFinallyFix()
        : base("Close the channel in its sender", "GOR202")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (model.GetSymbolInfo(node.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().First()).Symbol is not ILocalSymbol channel
            || node.Ancestors().OfType<BlockSyntax>().LastOrDefault() is not { } scope)
        {
            return null;
        }

        // The one goroutine that sends, which is not started in a loop.
        AnonymousFunctionExpressionSyntax[] senders = [.. scope.DescendantNodes().OfType<AnonymousFunctionExpressionSyntax>().Where(lambda => Sends(lambda, channel, model))];
        InvocationExpressionSyntax[] sends = [.. scope.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(call => IsSend(call, channel, model))];
        if (senders is not [{ Block: { Statements.Count: > 0 } body } sender] || !sends.All(sender.Contains)
            || sender.Ancestors().Any(static parent => parent is ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax))
        {
            return null;
        }

        BlockSyntax closing = Block(ParseStatement($"{channel.Name}.Close();"));
        TryStatementSyntax attempt = TryStatement(Block(body.Statements), default, FinallyClause(closing));
        return root.ReplaceNode(body, body.WithStatements([attempt.WithAdditionalAnnotations(Formatter.Annotation)]).WithAdditionalAnnotations(Formatter.Annotation));
    }

    private static bool Sends(AnonymousFunctionExpressionSyntax lambda, ILocalSymbol channel, SemanticModel model) =>
        lambda.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => IsSend(call, channel, model));

    private static bool IsSend(InvocationExpressionSyntax call, ILocalSymbol channel, SemanticModel model) =>
        call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "SendAsync" or "Send" or "TrySend", Expression: var target }
        && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(target).Symbol, channel);
}
