using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR101, GOR112: copies the variable before the goroutine is started and uses the copy in its body.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class CopyVariableFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public CopyVariableFix()
        : base("Use a copy of the variable", "GOR101", "GOR112")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (node is not IdentifierNameSyntax identifier || model.GetSymbolInfo(identifier).Symbol is not { } variable
            || Body(identifier, variable) is not { } body || body.FirstAncestorOrSelf<StatementSyntax>() is not { } statement)
        {
            return null;
        }

        ITypeSymbol? type = (variable as ILocalSymbol)?.Type ?? (variable as IParameterSymbol)?.Type;
        string name = $"{variable.Name}Copy";
        if (type is null || model.LookupSymbols(statement.SpanStart, name: name).Length != 0)
        {
            return null;
        }

        IdentifierNameSyntax[] uses = [.. body.DescendantNodes().OfType<IdentifierNameSyntax>().Where(use =>
            use.Identifier.ValueText == variable.Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(use).Symbol, variable))];
        StatementSyntax changed = statement.ReplaceNodes(uses, (use, _) => IdentifierName(name).WithTriviaFrom(use));
        return Rewriting.InsertBefore(
            root, statement, Rewriting.Statement($"{Rewriting.TypeName(type, model, statement.SpanStart)} {name} = {variable.Name};"), changed);
    }

    /// <summary>Returns the outermost lambda between the use and the loop around it, or the variable's declaration.</summary>
    private static AnonymousFunctionExpressionSyntax? Body(SyntaxNode use, ISymbol variable)
    {
        AnonymousFunctionExpressionSyntax? body = null;
        foreach (SyntaxNode parent in use.Ancestors())
        {
            if ((parent is ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax && body is not null)
                || parent.Span.Contains(variable.DeclaringSyntaxReferences[0].Span))
            {
                break;
            }

            body = parent as AnonymousFunctionExpressionSyntax ?? body;
        }

        return body;
    }
}
