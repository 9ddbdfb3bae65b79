using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR203, GOR213: a buffer of one, so that the sender need not wait for the receiver.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class RoomForOneFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public RoomForOneFix()
        : base("Give the channel room for one value", "GOR203", "GOR213")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model, Diagnostic report)
    {
        if (Rewriting.Call(node) is not { Expression: MemberAccessExpressionSyntax { Expression: var target } } send || !IsSend(send)
            || model.GetSymbolInfo(target).Symbol is not ILocalSymbol { DeclaringSyntaxReferences: [{ } reference] }
            || reference.GetSyntax() is not VariableDeclaratorSyntax { Initializer.Value: BaseObjectCreationExpressionSyntax creation } declarator
            || InLoop(send, declarator) || (report.Id == "GOR213" && Sends(model, declarator) != 1))
        {
            return null;
        }

        return root.ReplaceNode(creation, creation.WithArgumentList(ParseArgumentList("(capacity: 1)").WithTriviaFrom((SyntaxNode?)creation.ArgumentList ?? creation)));
    }

    private static bool IsSend(InvocationExpressionSyntax call) => Rewriting.Name(call)?.Identifier.ValueText is "Send" or "SendAsync";

    /// <summary>Counts the sends to a channel in the function that makes it: a second one would find the buffer full.</summary>
    private static int Sends(SemanticModel model, VariableDeclaratorSyntax channel) => Rewriting.Function(channel)?.DescendantNodes().OfType<InvocationExpressionSyntax>().Count(call =>
        IsSend(call) && call.Expression is MemberAccessExpressionSyntax { Expression: var target }
        && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(target).Symbol, model.GetDeclaredSymbol(channel))) ?? 0;

    /// <summary>Several values need more room.</summary>
    private static bool InLoop(SyntaxNode send, SyntaxNode declarator) => send.Ancestors()
        .Any(parent => parent is ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax && !parent.Contains(declarator));
}
