using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR107: awaits the asynchronous form.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class AsynchronousFormFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public AsynchronousFormFix()
        : base("Await the asynchronous form", "GOR107")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (Rewriting.Call(node) is not { } call || !Rewriting.IsInAsync(call) || model.GetSymbolInfo(call).Symbol is not IMethodSymbol method)
        {
            return null;
        }

        ExpressionSyntax changed = (method.ContainingType.Name, method.Name) switch
        {
            ("Go" or "GoRuntime", "Wait") => call.ArgumentList.Arguments[0].Expression,
            ("Thread", "Sleep") => SleepAsync(call, method),
            _ => Rewriting.WithName(call, $"{method.Name}Async"),
        };
        return root.ReplaceNode(call, Rewriting.Await(changed.WithTriviaFrom(call), call));
    }

    private static ExpressionSyntax SleepAsync(InvocationExpressionSyntax call, IMethodSymbol method)
    {
        ExpressionSyntax duration = call.ArgumentList.Arguments[0].Expression;
        return method.Parameters[0].Type.SpecialType == SpecialType.System_Int32
            ? ParseExpression($"Go.SleepAsync(TimeSpan.FromMilliseconds({duration}))")
            : ParseExpression($"Go.SleepAsync({duration})");
    }
}
