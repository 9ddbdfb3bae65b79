using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR205: waits for what the loop polls for.</summary>
/// <remarks>
/// A loop whose condition may end it between two attempts is left to its author: while the fixed loop waits, nothing looks at
/// the condition.
/// </remarks>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class WaitInsteadOfPollFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public WaitInsteadOfPollFix()
        : base("Wait instead of polling", "GOR205")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (Rewriting.Call(node) is not { } call || WaitFor(call, model) is not { } wait)
        {
            return null;
        }

        SyntaxNode condition = call;
        bool negated = false;
        while (condition.Parent is ParenthesizedExpressionSyntax or PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression })
        {
            condition = condition.Parent;
            negated ^= condition is PrefixUnaryExpressionSyntax;
        }

        switch (condition.Parent)
        {
            // while (!mutex.TryLock(out held)) { }
            case WhileStatementSyntax loop when negated && loop.Condition == condition && IsEmpty(loop.Statement):
                return root.ReplaceNode(loop, Assign(call, wait, isScoped: true).WithTriviaFrom(loop).WithAdditionalAnnotations(Formatter.Annotation));

            // while (true) { if (!channel.TryTake(out var value)) continue; ... }
            case IfStatementSyntax { Else: null } choice when negated && choice.Condition == condition && IsEmpty(choice.Statement) && IsInEndlessLoop(choice):
                return root.ReplaceNode(choice, Assign(call, wait, isScoped: false).WithTriviaFrom(choice).WithAdditionalAnnotations(Formatter.Annotation));

            // while (true) { if (channel.TryTake(out var value)) { ... } }
            case IfStatementSyntax { Else: null } choice when !negated && choice.Condition == condition && IsInEndlessLoop(choice):
                return Unwrap(root, choice, Assign(call, wait, isScoped: false));

            default:
                return null;
        }
    }

    /// <summary>Returns the wait that has the try's result: the asynchronous form where an await can stand, else the synchronous one.</summary>
    private static ExpressionSyntax? WaitFor(InvocationExpressionSyntax call, SemanticModel model)
    {
        string? name = Rewriting.Name(call)?.Identifier.ValueText switch
        {
            "TryWait" => "Wait",
            "TryTake" => "Take",
            "TryReceive" => "Receive",
            "TrySend" => "Send",
            "TryLock" => "Lock",
            "TryReadLock" => "ReadLock",
            "TryAcquire" => "Acquire",
            _ => null,
        };
        if (name is null || model.GetSymbolInfo(call).Symbol is not IMethodSymbol { ContainingNamespace.Name: "Goroutines" })
        {
            return null;
        }

        ArgumentSyntax[] arguments = [.. call.ArgumentList.Arguments.Where(static argument => !argument.RefKindKeyword.IsKind(SyntaxKind.OutKeyword))];
        InvocationExpressionSyntax stripped = call.WithArgumentList(call.ArgumentList.WithArguments([.. arguments])).WithoutTrivia();
        return Rewriting.IsInAsync(call)
            ? Rewriting.Await(Rewriting.WithName(stripped, $"{name}Async"), stripped)
            : Rewriting.WithName(stripped, name);
    }

    /// <summary>Makes the statement that waits, and keeps the result where the try put it. A variable that the condition of a loop declares ends with the loop.</summary>
    private static StatementSyntax Assign(InvocationExpressionSyntax call, ExpressionSyntax wait, bool isScoped)
    {
        ExpressionSyntax? result = call.ArgumentList.Arguments.FirstOrDefault(static argument => argument.RefKindKeyword.IsKind(SyntaxKind.OutKeyword))?.Expression;
        return Rewriting.Statement(result switch
        {
            DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax variable } declaration when !isScoped => $"{declaration.Type.WithoutTrivia()} {variable.Identifier.ValueText} = {wait};",
            null or DeclarationExpressionSyntax or IdentifierNameSyntax { Identifier.ValueText: "_" } => $"{wait};",
            _ => $"{result.WithoutTrivia()} = {wait};",
        });
    }

    private static SyntaxNode Unwrap(SyntaxNode root, IfStatementSyntax choice, StatementSyntax wait)
    {
        wait = wait.WithLeadingTrivia(choice.GetLeadingTrivia());
        StatementSyntax[] statements = choice.Statement is BlockSyntax block
            ? [wait, .. block.Statements.Select(static statement => statement.WithAdditionalAnnotations(Formatter.Annotation))]
            : [wait, choice.Statement.WithAdditionalAnnotations(Formatter.Annotation)];
        return choice.Parent is BlockSyntax
            ? root.ReplaceNode(choice, statements)
            : root.ReplaceNode(choice, Block(statements).WithAdditionalAnnotations(Formatter.Annotation));
    }

    private static bool IsEmpty(StatementSyntax statement) => statement switch
    {
        BlockSyntax block => block.Statements.All(IsEmpty),
        EmptyStatementSyntax or ContinueStatementSyntax => true,
        _ => false,
    };

    private static bool IsInEndlessLoop(IfStatementSyntax choice)
    {
        SyntaxNode? loop = choice.Parent is BlockSyntax block ? block.Parent : choice.Parent;
        return loop is ForStatementSyntax { Condition: null } or WhileStatementSyntax { Condition: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.TrueLiteralExpression } };
    }
}
