using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>GOR601: starts the goroutine by Run and awaits it at the end of the block; makes of a WaitGroup, which loses failures, an ErrGroup.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class JoinAssertionFix : RuleFix
{
    private const string Handle = "asserting";

    /// <summary>Creates the fix.</summary>
    public JoinAssertionFix()
        : base("Let its failure fail the test", "GOR601")
    {
    }

    /// <summary>Each fix adds an await at the end of the block and chooses a name, so two fixes would collide.</summary>
    private protected override bool FixesAll => false;

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model)
    {
        foreach (AnonymousFunctionExpressionSyntax body in node.Ancestors().OfType<AnonymousFunctionExpressionSyntax>())
        {
            if (body is { Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax target, Name: IdentifierNameSyntax { Identifier.ValueText: "Spawn" } } } start } }
                && model.GetSymbolInfo(start).Symbol is IMethodSymbol { ContainingType: { ContainingNamespace.Name: "Goroutines", Name: { } type } })
            {
                return type switch
                {
                    "Go" or "GoRuntime" => Join(root, start, model),
                    "WaitGroup" => Collect(root, target, model),
                    _ => null,
                };
            }
        }

        return null;
    }

    private static SyntaxNode? Join(SyntaxNode root, InvocationExpressionSyntax start, SemanticModel model)
    {
        // In a loop there would be as many handles as rounds.
        if (start.Parent is not ExpressionStatementSyntax { Parent: BlockSyntax block } statement || !Rewriting.IsInAsync(start) || IsLoop(block.Parent))
        {
            return null;
        }

        StatementSyntax last = block.Statements.Last();
        bool returns = last is ReturnStatementSyntax or ThrowStatementSyntax;
        if (!returns && model.AnalyzeControlFlow(block.Statements.First(), last) is not { Succeeded: true, EndPointIsReachable: true })
        {
            return null;
        }

        string name = FreeName(root);
        string type = HasValue(start, model) ? "var" : "Goroutine";
        StatementSyntax joined = Rewriting.Statement($"{type} {name} = {Rewriting.WithName(start, "Run").WithoutTrivia()};").WithTriviaFrom(statement);
        StatementSyntax wait = ExpressionStatement(Rewriting.Await(IdentifierName(name), start)).WithTrailingTrivia(ElasticLineFeed).WithAdditionalAnnotations(Formatter.Annotation);
        List<StatementSyntax> statements = [.. block.Statements.Select(one => one == statement ? joined : one)];
        statements.Insert(returns ? statements.Count - 1 : statements.Count, wait);
        return root.ReplaceNode(block, block.WithStatements([.. statements]));
    }

    private static SyntaxNode? Collect(SyntaxNode root, IdentifierNameSyntax group, SemanticModel model)
    {
        if (model.GetSymbolInfo(group).Symbol is not ILocalSymbol { DeclaringSyntaxReferences: [{ } declared] } local
            || declared.GetSyntax() is not VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax { Parent: BlockSyntax block } declaration })
        {
            return null;
        }

        // An ErrGroup has no Add and Done.
        IEnumerable<IdentifierNameSyntax> mentions = block.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(name => name.Identifier.ValueText == local.Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, local));
        return mentions.All(static name => name.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Spawn" or "WaitAsync" or "Wait" } access && access.Expression == name)
            ? root.ReplaceNodes(
                declaration.DescendantNodes().OfType<IdentifierNameSyntax>().Where(static name => name.Identifier.ValueText == "WaitGroup"),
                static (name, _) => IdentifierName("ErrGroup").WithTriviaFrom(name))
            : null;
    }

    private static bool IsLoop(SyntaxNode? node) => node is ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax;

    /// <summary>Tells whether the body is an expression with a value, so that Run gives a handle with that value.</summary>
    private static bool HasValue(InvocationExpressionSyntax start, SemanticModel model) =>
        start.ArgumentList.Arguments is [{ Expression: LambdaExpressionSyntax { ExpressionBody: { } body } }, ..] && model.GetTypeInfo(body).Type is { SpecialType: not SpecialType.System_Void };

    private static string FreeName(SyntaxNode root)
    {
        HashSet<string> taken = [.. root.DescendantTokens().Where(static token => token.IsKind(SyntaxKind.IdentifierToken)).Select(static token => token.ValueText)];
        for (int i = 1; ; i++)
        {
            string name = i == 1 ? Handle : $"{Handle}{i}";
            if (!taken.Contains(name))
            {
                return name;
            }
        }
    }
}
