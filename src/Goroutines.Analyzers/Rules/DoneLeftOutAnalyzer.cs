using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR309: a path through a goroutine leaves out the Done that another path has.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DoneLeftOutAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR309", "A path leaves out Done",
        "A path through this goroutine ends without '{0}.Done()': the wait for the group then never ends. Start the goroutine with '{0}.Spawn', or call Done in a finally.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "WaitGroup.Spawn counts down however the body ends.",
        helpLinkUri: HelpLink("GOR309"));

    /// <summary>Creates the analyzer.</summary>
    public DoneLeftOutAnalyzer()
        : base(s_rule, Traits.Group | Traits.Goroutine)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall done in model.Calls)
        {
            if (done is { Type: ApiType.WaitGroup, Name: "Done", Target: { } group, Body: { Kind: BodyKind.Goroutine } body } && body.Captures(group.Root)
                && Operations.LoopAround(done.Operation) is null && IsFirst(model, done, body, group)
                && !model.Calls.Any(call => call.Body.IsWithin(body) && !ReferenceEquals(call.Body, body) && call.Name == "Done" && group.Equals(call.Target))
                && !Paths.AllReach(body, null, done.Operation) && Paths.Fork(body) && Paths.Of(context, model, body) is { } graph
                && Paths.ReachesEndFromStart(graph, operation => operation is IInvocationOperation { TargetMethod.Name: "Done", Instance: { } instance } && group.Equals(Place.Of(instance))))
            {
                Report(context, s_rule, done.Operation.Syntax, group.ToString());
            }
        }
    }

    private static bool IsFirst(BlockModel model, ApiCall done, Body body, Place group) => ReferenceEquals(done, model.Calls.First(call =>
        call is { Type: ApiType.WaitGroup, Name: "Done" } && ReferenceEquals(call.Body, body) && group.Equals(call.Target)));
}
