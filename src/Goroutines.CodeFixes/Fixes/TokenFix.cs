using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR402: passes the token of the scope, the group or the context.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class TokenFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public TokenFix()
        : base("Pass the token", "GOR402")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        // The message names the token; here it is found again.
        if (Rewriting.Call(node) is not { } call || Token(call, model) is not { } token || model.GetSymbolInfo(call).Symbol is not IMethodSymbol method
            || call.ArgumentList.Arguments.Count != method.Parameters.Count(static parameter => !parameter.IsOptional))
        {
            return null;
        }

        return root.ReplaceNode(call.ArgumentList, call.ArgumentList.AddArguments(Argument(ParseExpression(token)).WithLeadingTrivia(call.ArgumentList.Arguments.Count == 0 ? default : TriviaList(Space))));
    }

    private static string? Token(SyntaxNode call, SemanticModel model)
    {
        foreach (SyntaxNode parent in call.Ancestors())
        {
            IMethodSymbol? function = parent switch
            {
                AnonymousFunctionExpressionSyntax => model.GetSymbolInfo(parent).Symbol as IMethodSymbol,
                LocalFunctionStatementSyntax or MethodDeclarationSyntax => model.GetDeclaredSymbol(parent) as IMethodSymbol,
                _ => null,
            };
            foreach (IParameterSymbol parameter in function?.Parameters ?? [])
            {
                switch (parameter.Type.Name)
                {
                    case "GoScope":
                        return $"{parameter.Name}.CancellationToken";
                    case "GoContext" or "CancelContext":
                        return parameter.Name;
                }
            }

            if (parent is AnonymousFunctionExpressionSyntax { Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } } }
                && model.GetTypeInfo(access.Expression).Type is { Name: "ErrGroup" })
            {
                return $"{access.Expression.WithoutTrivia()}.CancellationToken";
            }
        }

        return null;
    }
}
