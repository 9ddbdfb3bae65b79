using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR210: adds the cases before the loop, once. Only where all of them are statements of the loop's block whose arguments are the same in every round.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class HoistCasesFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public HoistCasesFix()
        : base("Add the cases before the loop", "GOR210")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (Rewriting.Call(node) is not { } call || model.GetSymbolInfo(Innermost(call)).Symbol is not { } select
            || call.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax { Parent: StatementSyntax { Parent: BlockSyntax outer } loop } block }
            || loop is not (WhileStatementSyntax or ForStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax) || model.AnalyzeDataFlow(loop) is not { Succeeded: true } flow)
        {
            return null;
        }

        List<StatementSyntax> hoisted = [];
        foreach (StatementSyntax statement in block.Statements)
        {
            if (!Adds(statement, select, model))
            {
                continue;
            }

            if (!IsSameInEveryRound(statement, select, loop, flow, model) || IsNameTaken(statement, loop, outer))
            {
                return null;
            }

            hoisted.Add(statement);
        }

        if (!hoisted.Any(statement => statement.Contains(node)))
        {
            return null;
        }

        StatementSyntax[] before = [.. hoisted.Select((statement, i) => (i == 0 ? statement.WithLeadingTrivia(loop.GetLeadingTrivia()) : statement).WithAdditionalAnnotations(Formatter.Annotation))];
        StatementSyntax bare = loop.RemoveNodes(hoisted, SyntaxRemoveOptions.KeepExteriorTrivia)!.WithLeadingTrivia(ElasticMarker).WithAdditionalAnnotations(Formatter.Annotation);
        return root.ReplaceNode(loop, [.. before, bare]);
    }

    /// <summary>Returns what a chain of additions begins with.</summary>
    private static ExpressionSyntax Innermost(ExpressionSyntax chain)
    {
        while (chain is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var inner } })
        {
            chain = inner;
        }

        return chain;
    }

    /// <summary>Returns the chain of calls that a statement is made of; null if it is something else.</summary>
    private static InvocationExpressionSyntax? Chain(StatementSyntax statement) => statement switch
    {
        ExpressionStatementSyntax { Expression: InvocationExpressionSyntax call } => call,
        LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0, Declaration.Variables: [{ Initializer.Value: InvocationExpressionSyntax call }] } => call,
        _ => null,
    };

    /// <summary>Tells whether a case is added to the select anywhere in a statement.</summary>
    private static bool Adds(StatementSyntax statement, ISymbol select, SemanticModel model) => statement.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call =>
        IsAddition(call) && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(Innermost(call)).Symbol, select));

    private static bool IsAddition(InvocationExpressionSyntax call) => Rewriting.Name(call)?.Identifier.ValueText is
        "Receive" or "Send" or "Timeout" or "Await" or "Join" or "AndReceive" or "AndSend" or "AndTimeout" or "AndAwait" or "AndJoin";

    private static bool IsSameInEveryRound(StatementSyntax statement, ISymbol select, StatementSyntax loop, DataFlowAnalysis flow, SemanticModel model)
    {
        if (Chain(statement) is not { } chain)
        {
            return false;
        }

        for (ExpressionSyntax link = chain; link is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call; link = access.Expression)
        {
            if (!IsAddition(call) || !call.ArgumentList.Arguments.All(argument => IsConstant(argument.Expression, loop, flow, model)))
            {
                return false;
            }
        }

        return SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(Innermost(chain)).Symbol, select);
    }

    private static bool IsConstant(ExpressionSyntax value, StatementSyntax loop, DataFlowAnalysis flow, SemanticModel model) => value switch
    {
        LiteralExpressionSyntax => true,
        IdentifierNameSyntax => model.GetSymbolInfo(value).Symbol is { } symbol && symbol switch
        {
            ILocalSymbol or IParameterSymbol => !flow.WrittenInside.Contains(symbol, SymbolEqualityComparer.Default) && !flow.VariablesDeclared.Contains(symbol, SymbolEqualityComparer.Default),
            IFieldSymbol field => field.IsReadOnly || field.IsConst || !IsAssigned(field.Name, loop),
            IPropertySymbol { SetMethod: null } => true,
            INamedTypeSymbol => true,
            _ => false,
        },
        MemberAccessExpressionSyntax access => IsConstant(access.Expression, loop, flow, model) && !IsAssigned(access.Name.Identifier.ValueText, loop),
        ThisExpressionSyntax => true,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "TimeSpan" } } } call =>
            call.ArgumentList.Arguments.All(argument => IsConstant(argument.Expression, loop, flow, model)),
        _ => false,
    };

    private static bool IsAssigned(string name, StatementSyntax loop) => loop.DescendantNodes().OfType<AssignmentExpressionSyntax>()
        .Any(assignment => assignment.Left.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(part => part.Identifier.ValueText == name));

    /// <summary>Tells whether a variable that the statement declares would meet another one of its name outside the loop.</summary>
    private static bool IsNameTaken(StatementSyntax statement, StatementSyntax loop, BlockSyntax outer) => statement is LocalDeclarationStatementSyntax { Declaration.Variables: [{ } variable] }
        && outer.DescendantTokens(node => node != loop).Any(token => token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == variable.Identifier.ValueText
            && token.Parent is VariableDeclaratorSyntax or SingleVariableDesignationSyntax or ParameterSyntax or CommonForEachStatementSyntax or CatchDeclarationSyntax);
}
