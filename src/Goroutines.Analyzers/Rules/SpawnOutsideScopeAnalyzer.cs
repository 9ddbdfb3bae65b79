using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR110: a goroutine that is started in the body of a scope, but not as a child of it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SpawnOutsideScopeAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR110", "A goroutine started in a scope is not a child of the scope",
        "'{0}' starts a goroutine that outlives the scope: the scope does not wait for it, and its failure does not cancel the others. Start it with '{1}.{2}'.",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true,
        description: "ScopeAsync waits for the children of the scope only.",
        helpLinkUri: HelpLink("GOR110"));

    /// <summary>Creates the analyzer.</summary>
    public SpawnOutsideScopeAnalyzer()
        : base(s_rule, Traits.Delegate)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (call is { Type: ApiType.Go, Name: "Spawn" or "Run", Body: { Kind: BodyKind.Inline, Starts: [{ Name: "ScopeAsync" }], Method.Parameters: [{ } scope] } }
                && model.Api.TypeOf(scope.Type) == ApiType.GoScope && !Joins.IsJoinedAtOnce(model, call))
            {
                Report(context, s_rule, call.Operation.Syntax, $"Go.{call.Name}", scope.Name, call.Name);
            }
        }
    }
}
