using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR206: selects instead of racing tasks; passes a token to the operation instead of leaving it behind when the token is cancelled.</summary>
/// <remarks>
/// A race whose winner is looked at becomes a switch, which its author has to write. A limit in time throws another exception than a
/// token does, so that what catches it would have to change, too.
/// </remarks>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class SelectInsteadOfRaceFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public SelectInsteadOfRaceFix()
        : base("Let the operation end with the race", "GOR206")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (Rewriting.Call(node) is not { } operation || operation.Parent is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AsTask", Parent: InvocationExpressionSyntax asTask })
        {
            return null;
        }

        if (asTask.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WaitAsync", Parent: InvocationExpressionSyntax { ArgumentList.Arguments: [{ NameColon: null, Expression: var token }] } limited })
        {
            return model.GetTypeInfo(token).Type is { Name: "CancellationToken" or "GoContext" or "CancelContext" } ? PassToken(root, operation, token, limited) : null;
        }

        return asTask.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Parent: AwaitExpressionSyntax race } any } && IsDropped(race, model) && Select(any, model) is { } select
            ? root.ReplaceNode(race, ParseExpression($"await {select}").WithTriviaFrom(race))
            : null;
    }

    private static SyntaxNode PassToken(SyntaxNode root, InvocationExpressionSyntax operation, ExpressionSyntax token, InvocationExpressionSyntax limited)
    {
        ArgumentSyntax argument = Rewriting.Name(operation)?.Identifier.ValueText == "AcquireAsync" && operation.ArgumentList.Arguments.Count == 0
            ? Argument(NameColon("cancellationToken").WithTrailingTrivia(Space), default, token.WithoutTrivia())
            : Argument(token.WithoutTrivia());
        ArgumentSyntax[] arguments = [.. operation.ArgumentList.Arguments, operation.ArgumentList.Arguments.Count == 0 ? argument : argument.WithLeadingTrivia(Space)];
        InvocationExpressionSyntax passed = operation.WithArgumentList(operation.ArgumentList.WithArguments([.. arguments]));
        ExpressionSyntax result = limited.Parent is AwaitExpressionSyntax
            ? passed
            : InvocationExpression(MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, passed, IdentifierName("AsTask")));
        return root.ReplaceNode(limited, result.WithTriviaFrom(limited));
    }

    /// <summary>Tells whether nothing looks at which task was first.</summary>
    private static bool IsDropped(AwaitExpressionSyntax race, SemanticModel model) => race.Parent switch
    {
        ExpressionStatementSyntax => true,
        ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax or LocalFunctionStatementSyntax } arrow =>
            model.GetDeclaredSymbol(arrow.Parent!) is IMethodSymbol { IsAsync: true, ReturnType: INamedTypeSymbol { IsGenericType: false } },
        _ => false,
    };

    private static string? Select(InvocationExpressionSyntax any, SemanticModel model)
    {
        if (model.GetSymbolInfo(any).Symbol is not IMethodSymbol { Name: "WhenAny", ContainingType.Name: "Task" })
        {
            return null;
        }

        string select = "new Select()";
        foreach (ArgumentSyntax argument in any.ArgumentList.Arguments)
        {
            if (Case(argument.Expression, model) is not { } added)
            {
                return null;
            }

            select += added;
        }

        return select + ".WaitAsync()";
    }

    private static string? Case(ExpressionSyntax task, SemanticModel model)
    {
        if (task is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var target, Name.Identifier.ValueText: "AsTask" } })
        {
            if (model.GetTypeInfo(target).Type is { Name: "Goroutine", ContainingNamespace.Name: "Goroutines" })
            {
                return $".AndJoin({target})";
            }

            return target is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var channel, Name.Identifier.ValueText: { } name }, ArgumentList.Arguments: var arguments }
                && model.GetTypeInfo(channel).Type is { Name: "Chan" or "Sender" or "Receiver", ContainingNamespace.Name: "Goroutines" }
                ? (name, arguments.Count) switch
                {
                    ("ReceiveAsync" or "TakeAsync", 0) => $".AndReceive({channel})",
                    ("SendAsync", 1) => $".AndSend({channel}, {arguments[0]})",
                    _ => null,
                }
                : null;
        }

        if (task is InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: var after }] } && model.GetSymbolInfo(task).Symbol is IMethodSymbol { Name: "Delay", ContainingType.Name: "Task" } delay)
        {
            return delay.Parameters[0].Type.SpecialType == SpecialType.System_Int32 ? $".AndTimeout(TimeSpan.FromMilliseconds({after}))" : $".AndTimeout({after})";
        }

        return model.GetTypeInfo(task).Type is { Name: "Task", ContainingNamespace.Name: "Tasks" } ? $".AndAwait({task})" : null;
    }
}
