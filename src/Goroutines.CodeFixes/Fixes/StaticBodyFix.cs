using System.Composition;
using Goroutines.Analyzers.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR901: passes what a body captures as arguments to a static lambda.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class StaticBodyFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public StaticBodyFix()
        : base("Pass what it captures as arguments", "GOR901")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model, Diagnostic report)
    {
        if (node.FirstAncestorOrSelf<ParenthesizedLambdaExpressionSyntax>() is not { Parent: ArgumentSyntax { Parent: ArgumentListSyntax { Arguments.Count: 1 } arguments } } lambda
            || !report.Properties.TryGetValue(ClosureCouldBeStateAnalyzer.Captured, out string? list) || list is null)
        {
            return null;
        }

        string[] names = list.Split(',');
        ParenthesizedLambdaExpressionSyntax bare = lambda.WithoutLeadingTrivia();
        ParameterListSyntax parameters = ParameterList(SeparatedList(names.Select(static name => Parameter(Identifier(name))), Separators(names.Length))).WithTriviaFrom(bare.ParameterList);
        LambdaExpressionSyntax body = names.Length == 1
            ? SimpleLambdaExpression(bare.AttributeLists, bare.Modifiers, parameters.Parameters[0].WithTrailingTrivia(Space), bare.ArrowToken, bare.Block, bare.ExpressionBody)
            : bare.WithParameterList(parameters);
        body = body.WithModifiers([Token(SyntaxKind.StaticKeyword).WithTrailingTrivia(Space), .. body.Modifiers]).WithLeadingTrivia(lambda.GetLeadingTrivia());
        ArgumentSyntax[] all = [Argument(body), .. names.Select(static name => Argument(IdentifierName(name)))];
        return root.ReplaceNode(arguments, arguments.WithArguments(SeparatedList(all, Separators(all.Length))));
    }

    private static IEnumerable<SyntaxToken> Separators(int count) => Enumerable.Repeat(Token(SyntaxKind.CommaToken).WithTrailingTrivia(Space), count - 1);
}
