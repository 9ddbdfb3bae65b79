using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR301: disposes the lease at the end of the block. Not offered where the code disposes it on some path.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class UsingLeaseFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public UsingLeaseFix()
        : base("Dispose the lease with await using", "GOR301")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        if (Rewriting.Call(node) is not { Parent: AwaitExpressionSyntax await } || model.GetTypeInfo(await).Type is not { Name: "Lease", ContainingNamespace.Name: "Cluster" } type
            || await.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax block } statement)
        {
            return null;
        }

        switch (statement)
        {
            case ExpressionStatementSyntax dropped when dropped.Expression == await:
                string name = FreeName(model, block);
                StatementSyntax kept = Rewriting.Statement($"await using {Rewriting.TypeName(type, model, node.SpanStart)} {name} = {await};").WithTriviaFrom(dropped);
                return root.ReplaceNode(dropped, kept);
            case LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0, Declaration.Variables: [{ Initializer.Value: { } value } variable] } declaration when value == await && !IsDisposed(block, variable.Identifier.ValueText):
                LocalDeclarationStatementSyntax changed = declaration.WithoutLeadingTrivia()
                    .WithAwaitKeyword(Token(declaration.GetLeadingTrivia(), SyntaxKind.AwaitKeyword, TriviaList(Space)))
                    .WithUsingKeyword(Token(TriviaList(), SyntaxKind.UsingKeyword, TriviaList(Space)));
                return root.ReplaceNode(declaration, changed.WithAdditionalAnnotations(Formatter.Annotation));
            default:
                return null;
        }
    }

    private static bool IsDisposed(BlockSyntax block, string name) => block.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
        .Any(access => access.Name.Identifier.ValueText == "DisposeAsync" && access.Expression is IdentifierNameSyntax disposed && disposed.Identifier.ValueText == name);

    /// <summary>Returns a name that nothing in the function has.</summary>
    private static string FreeName(SemanticModel model, BlockSyntax block)
    {
        HashSet<string> taken = [.. (Rewriting.Function(block) ?? block.SyntaxTree.GetRoot()).DescendantTokens().Where(static token => token.IsKind(SyntaxKind.IdentifierToken)).Select(static token => token.ValueText)];
        taken.UnionWith(model.LookupSymbols(block.SpanStart, name: "lease").Select(static symbol => symbol.Name));
        string name = "lease";
        for (int i = 2; taken.Contains(name); i++)
        {
            name = $"lease{i}";
        }

        return name;
    }
}
