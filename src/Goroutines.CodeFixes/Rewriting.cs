using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes;

/// <summary>Small changes of syntax that several fixes make.</summary>
internal static class Rewriting
{
    /// <summary>Returns the call that is reported: the node itself or the nearest around it.</summary>
    public static InvocationExpressionSyntax? Call(SyntaxNode node) => node.FirstAncestorOrSelf<InvocationExpressionSyntax>();

    /// <summary>Returns the name of the method in a call.</summary>
    public static SimpleNameSyntax? Name(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax member => member.Name,
        SimpleNameSyntax name => name,
        _ => null,
    };

    public static InvocationExpressionSyntax WithName(InvocationExpressionSyntax call, string name) =>
        Name(call) is { } old ? call.ReplaceNode(old, old.WithIdentifier(Identifier(name).WithTriviaFrom(old.Identifier))) : call;

    /// <summary>Writes <c>await</c> before an expression, in parentheses where something follows it.</summary>
    public static ExpressionSyntax Await(ExpressionSyntax expression, SyntaxNode replaced)
    {
        ExpressionSyntax awaited = AwaitExpression(Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(Space), expression.WithoutLeadingTrivia());
        bool follows = replaced.Parent is MemberAccessExpressionSyntax access && access.Expression == replaced;
        return (follows ? ParenthesizedExpression(awaited) : awaited).WithLeadingTrivia(expression.GetLeadingTrivia());
    }

    /// <summary>Tells whether an await can stand at a node: the nearest function is async.</summary>
    public static bool IsInAsync(SyntaxNode node) => Function(node) switch
    {
        AnonymousFunctionExpressionSyntax lambda => !lambda.AsyncKeyword.IsKind(SyntaxKind.None),
        LocalFunctionStatementSyntax local => local.Modifiers.Any(SyntaxKind.AsyncKeyword),
        MethodDeclarationSyntax method => method.Modifiers.Any(SyntaxKind.AsyncKeyword),
        null => true, // statements at the top level of a program
        _ => false,
    };

    /// <summary>Returns the nearest function around a node; null at the top level of a program.</summary>
    public static SyntaxNode? Function(SyntaxNode node) => node.Ancestors().FirstOrDefault(static parent =>
        parent is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or TypeDeclarationSyntax);

    /// <summary>Puts a statement before another one; makes a block where there is none.</summary>
    public static SyntaxNode InsertBefore(SyntaxNode root, StatementSyntax statement, StatementSyntax inserted, StatementSyntax replacement)
    {
        inserted = inserted.WithLeadingTrivia(statement.GetLeadingTrivia()).WithAdditionalAnnotations(Formatter.Annotation);
        if (statement.Parent is BlockSyntax or SwitchSectionSyntax)
        {
            return root.ReplaceNode(statement, [inserted, replacement]);
        }

        if (statement.Parent is GlobalStatementSyntax global && global.Parent is CompilationUnitSyntax)
        {
            return root.ReplaceNode(global, [GlobalStatement(inserted), global.WithStatement(replacement)]);
        }

        return root.ReplaceNode(statement, Block(inserted, replacement).WithAdditionalAnnotations(Formatter.Annotation));
    }

    public static StatementSyntax Statement(string text) => ParseStatement(text).WithTrailingTrivia(ElasticLineFeed).WithAdditionalAnnotations(Formatter.Annotation);

    public static string TypeName(ITypeSymbol type, SemanticModel model, int position) => type.ToMinimalDisplayString(model, position);
}
