using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR304: a goroutine calls Add on the group that waits for it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AddInsideGoroutineAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR304", "A goroutine adds itself to a WaitGroup",
        "The wait for '{0}' may be over before this runs. Call Add before the goroutine is started, or start it with '{0}.Spawn'.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "Add has to happen before the wait; a goroutine that has not begun has added nothing.",
        helpLinkUri: HelpLink("GOR304"));

    /// <summary>Creates the analyzer.</summary>
    public AddInsideGoroutineAnalyzer()
        : base(s_rule, Traits.Group | Traits.Goroutine)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall add in model.Calls)
        {
            if (add is { Type: ApiType.WaitGroup, Name: "Add", Target: { } group, Body: { Kind: BodyKind.Goroutine } body }
                && body.Captures(group.Root) && CountsDownItself(model, body, group)
                && !model.Calls.Any(other => other.Type == ApiType.WaitGroup && other.Name is "Add" or "Spawn" && group.Equals(other.Target) && !other.Body.IsWithin(body)))
            {
                Report(context, s_rule, add.Operation.Syntax, group.ToString());
            }
        }
    }

    /// <summary>Tells whether the goroutine calls Done for itself. A counted goroutine may add its children before it ends; each child then calls its own Done.</summary>
    private static bool CountsDownItself(BlockModel model, Body body, Place group)
    {
        bool itself = false;
        foreach (ApiCall call in model.Calls)
        {
            if (call is { Type: ApiType.WaitGroup, Name: "Done" } && group.Equals(call.Target) && call.Body.IsWithin(body))
            {
                if (!ReferenceEquals(call.Body.Goroutine, body))
                {
                    return false;
                }

                itself = true;
            }
        }

        return itself;
    }
}
