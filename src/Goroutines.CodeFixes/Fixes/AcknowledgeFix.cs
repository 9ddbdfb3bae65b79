using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR212: acknowledges the delivery at the end of the block that handles it. Not offered where a jump could leave the block earlier.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class AcknowledgeFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public AcknowledgeFix()
        : base("Acknowledge the delivery after the work", "GOR212")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (node.FirstAncestorOrSelf<MemberAccessExpressionSyntax>() is not { Expression: IdentifierNameSyntax name } use
            || model.GetSymbolInfo(name).Symbol is not ILocalSymbol { Type: { } type, DeclaringSyntaxReferences: [{ } reference] }
            || !Rewriting.IsInAsync(node) || BlockOf(reference.GetSyntax()) is not { } block || Rewriting.Function(block) != Rewriting.Function(node)
            || block.DescendantNodes(static inner => !IsFunction(inner)).Any(inner => inner.SpanStart >= use.SpanStart && IsJump(inner)) || HasAnother(block, type, model))
        {
            return null;
        }

        // Within the statement that disposes it, if there is one: a delivery that is given back can no longer be acknowledged.
        if (block.Statements.OfType<UsingStatementSyntax>().FirstOrDefault(@using => @using.Expression is IdentifierNameSyntax disposed && disposed.Identifier.ValueText == name.Identifier.ValueText) is { } disposing)
        {
            if (disposing.Statement is not BlockSyntax inner)
            {
                return null;
            }

            block = inner;
        }

        StatementSyntax acknowledge = Rewriting.Statement($"await {name.Identifier.ValueText}.AckAsync();");
        return root.ReplaceNode(block, block.AddStatements(acknowledge).WithAdditionalAnnotations(Formatter.Annotation));
    }

    /// <summary>Returns the block at whose end the delivery has been handled: a loop's body, or the block that declares the variable.</summary>
    private static BlockSyntax? BlockOf(SyntaxNode declaration) => declaration is ForEachStatementSyntax loop
        ? loop.Statement as BlockSyntax
        : declaration.FirstAncestorOrSelf<StatementSyntax>() switch
        {
            ForEachVariableStatementSyntax { Statement: BlockSyntax body } => body,
            { Parent: BlockSyntax block } => block,
            _ => null,
        };

    /// <summary>Tells whether a block declares several deliveries: their fixes would add to one place.</summary>
    private static bool HasAnother(BlockSyntax block, ITypeSymbol type, SemanticModel model) => block.Statements.OfType<LocalDeclarationStatementSyntax>()
        .SelectMany(static statement => statement.Declaration.Variables).Count(variable => model.GetDeclaredSymbol(variable) is ILocalSymbol local
            && SymbolEqualityComparer.Default.Equals(local.Type.OriginalDefinition, type.OriginalDefinition)) > 1;

    private static bool IsJump(SyntaxNode node) => node is ReturnStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax or GotoStatementSyntax or YieldStatementSyntax or ThrowStatementSyntax;

    private static bool IsFunction(SyntaxNode node) => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax;
}
