using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR502, GOR503, GOR602: goes by the clock of the runtime.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class RuntimeClockFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public RuntimeClockFix()
        : base("Use the runtime's clock", "GOR502", "GOR503", "GOR602")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        switch (node)
        {
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "UtcNow" or "Now" } when model.GetTypeInfo(node).Type is { Name: "DateTimeOffset" }:
                return root.ReplaceNode(node, ParseExpression("Go.Now").WithTriviaFrom(node));
            case InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: var duration }, ..] arguments } call when model.GetSymbolInfo(call).Symbol is IMethodSymbol { Name: "Delay" or "Sleep" } method:
                string time = method.Parameters[0].Type.SpecialType == SpecialType.System_Int32 ? $"TimeSpan.FromMilliseconds({duration})" : duration.ToString();
                string rest = string.Concat(arguments.Skip(1).Select(static argument => $", {argument}"));
                if (method.Name == "Delay")
                {
                    return root.ReplaceNode(call, ParseExpression($"Go.SleepAsync({time}{rest})").WithTriviaFrom(call));
                }

                return root.ReplaceNode(call, ParseExpression(Rewriting.IsInAsync(call) ? $"await Go.SleepAsync({time})" : $"Go.Sleep({time})").WithTriviaFrom(call));
            default:
                return null;
        }
    }
}
