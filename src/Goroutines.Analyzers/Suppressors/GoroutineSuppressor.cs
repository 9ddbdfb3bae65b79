using System.Collections.Immutable;
using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers.Suppressors;

/// <summary>Takes away the reports of other analyzers that are wrong where goroutines are concerned.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class GoroutineSuppressor : DiagnosticSuppressor
{
    private const string InBody = "What follows an await in a goroutine's body has to run in the goroutine (GOR106)";
    private const string Timer = "A timer with a channel is collected with it; it needs no disposal";
    private const string SynchronousBody = "The synchronous forms are for synchronous bodies, which park on a stack of their own";
    private const string Region = "The region says that it blocks its thread, and the processor is handed on meanwhile";

    private static readonly ImmutableArray<SuppressionDescriptor> s_configureAwait = Suppress("GORS01", InBody, "CA2007", "VSTHRD111", "MA0004");
    private static readonly ImmutableArray<SuppressionDescriptor> s_disposal = Suppress("GORS02", Timer, "CA2000");
    private static readonly ImmutableArray<SuppressionDescriptor> s_makeAsync = Suppress("GORS03", SynchronousBody, "MA0045");
    private static readonly ImmutableArray<SuppressionDescriptor> s_blocking = Suppress("GORS04", Region, "CA1849", "VSTHRD103", "MA0042");

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = [.. s_configureAwait, .. s_disposal, .. s_makeAsync, .. s_blocking];

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        if (Api.Of(context.Compilation) is not { } api)
        {
            return;
        }

        foreach (Diagnostic diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is not { } tree)
            {
                continue;
            }

            SyntaxNode node = tree.GetRoot(context.CancellationToken).FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            SemanticModel model = context.GetSemanticModel(tree);
            foreach (SuppressionDescriptor suppression in SupportedSuppressions)
            {
                if (suppression.SuppressedDiagnosticId == diagnostic.Id && IsWrong(suppression.Id, node, model, api))
                {
                    context.ReportSuppression(Suppression.Create(suppression, diagnostic));
                    break;
                }
            }
        }
    }

    private static bool IsWrong(string id, SyntaxNode node, SemanticModel model, Api api) => id.Substring(0, 6) switch
    {
        "GORS01" => IsInBody(node, model, api, synchronous: false),
        "GORS02" => node.FirstAncestorOrSelf<BaseObjectCreationExpressionSyntax>() is { } creation && api.TypeOf(model.GetTypeInfo(creation).Type) is ApiType.GoTimer or ApiType.Ticker,
        "GORS03" => IsOurs(node, model, api) && IsInBody(node, model, api, synchronous: true),
        _ => IsInBlockingRegion(node, model, api),
    };

    private static bool IsOurs(SyntaxNode node, SemanticModel model, Api api) => node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } call
        && model.GetSymbolInfo(call).Symbol is { ContainingType: { } type } && api.TypeOf(type) != ApiType.None;

    /// <summary>Tells whether the nearest function is a lambda that is passed as the body of a goroutine, or a member that runs as one.</summary>
    private static bool IsInBody(SyntaxNode node, SemanticModel model, Api api, bool synchronous) =>
        (Function(node) is MethodDeclarationSyntax member && !synchronous && model.GetDeclaredSymbol(member) is { } declared && api.IsBodyMember(declared))
        || (Function(node) is AnonymousFunctionExpressionSyntax lambda && lambda.AsyncKeyword.IsKind(SyntaxKind.None) == synchronous
        && Call(lambda) is { } call && model.GetSymbolInfo(call).Symbol is IMethodSymbol { Name: { } name } method
        && (api.TypeOf(method.ContainingType) != ApiType.None
            ? name is "Spawn" or "Run" or "Main" or "SpawnAsync" or "TrySpawn" or "AfterFunc" or "ScopeAsync" or "Explore" or "Replay" or "ServeAsync"
                or "AddGoroutine" or "JsonLines" or "ServerSentEvents"
            : method.Parameters.Any(api.IsMarkedBody)));

    private static bool IsInBlockingRegion(SyntaxNode node, SemanticModel model, Api api)
    {
        foreach (SyntaxNode parent in node.Ancestors())
        {
            switch (parent)
            {
                case UsingStatementSyntax { Expression: { } region } when IsRegion(region, model, api):
                case BlockSyntax block when block.Statements.Any(statement => statement is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0, Declaration.Variables: [{ Initializer.Value: { } value }] }
                    && statement.SpanStart < node.SpanStart && IsRegion(value, model, api)):
                    return true;
                case AnonymousFunctionExpressionSyntax lambda:
                    return Call(lambda) is { } call && model.GetSymbolInfo(call).Symbol is { Name: "Blocking", ContainingType: { } type } && api.TypeOf(type) is ApiType.Go or ApiType.GoRuntime;
                case LocalFunctionStatementSyntax or MemberDeclarationSyntax:
                    return false;
            }
        }

        return false;
    }

    private static bool IsRegion(ExpressionSyntax expression, SemanticModel model, Api api) =>
        model.GetSymbolInfo(expression).Symbol is { Name: "EnterBlocking", ContainingType: { } type } && api.TypeOf(type) is ApiType.Go or ApiType.GoRuntime;

    private static SyntaxNode? Function(SyntaxNode node) => node.Ancestors().FirstOrDefault(static parent =>
        parent is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax);

    private static InvocationExpressionSyntax? Call(AnonymousFunctionExpressionSyntax lambda)
    {
        SyntaxNode? parent = lambda.Parent;
        while (parent is ParenthesizedExpressionSyntax or CastExpressionSyntax)
        {
            parent = parent.Parent;
        }

        return (parent as ArgumentSyntax)?.Parent?.Parent as InvocationExpressionSyntax;
    }

    /// <summary>Returns one suppression for each suppressed id. The first has the plain name; the others have a letter appended.</summary>
    private static ImmutableArray<SuppressionDescriptor> Suppress(string id, string reason, params string[] suppressed) =>
        [.. suppressed.Select((one, i) => new SuppressionDescriptor(i == 0 ? id : $"{id}{(char)('A' + i)}", one, reason))];
}
