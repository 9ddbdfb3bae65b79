using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR306: a group of goroutines that nothing waits for, or that is waited for in the round that starts them.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class GroupNotWaitedForAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR306", "A group of goroutines is not waited for as it should be",
        "{0}",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "The errors of an ErrGroup come out of its wait. A wait in the loop that starts the goroutines lets them run one by one.",
        helpLinkUri: HelpLink("GOR306"));

    /// <summary>Creates the analyzer.</summary>
    public GroupNotWaitedForAnalyzer()
        : base(s_rule, Traits.Group)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall spawn in model.Calls)
        {
            if (!(spawn.Type is ApiType.ErrGroup or ApiType.WaitGroup && spawn.Target is { IsVariable: true, Symbol: ILocalSymbol group }))
            {
                continue;
            }

            if (spawn is { Type: ApiType.ErrGroup, Name: "Spawn" or "SpawnAsync" or "TrySpawn" } && model.InitializerOf(group) is IObjectCreationOperation
                && !model.Calls.Any(call => call.Type == ApiType.ErrGroup && call.Name is "WaitAsync" or "Wait" && spawn.Target.Equals(call.Target)) && !Escapes(model, group)
                && model.Calls.First(call => call.Type == ApiType.ErrGroup && spawn.Target.Equals(call.Target)) == spawn)
            {
                Report(context, s_rule, spawn.Operation.Syntax, $"Nothing waits for '{group.Name}': the failures of its goroutines are lost. Await '{group.Name}.WaitAsync()'.");
            }
            else if (spawn.Name is "WaitAsync" or "Wait" && Operations.LoopAround(spawn.Operation) is { } loop && !Operations.Contains(loop, group)
                && IsCountedBefore(model, spawn, loop) && StartsInRound(model, spawn, loop))
            {
                Report(context, s_rule, spawn.Operation.Syntax, $"This waits for all of '{group.Name}' in the round that starts one of them: it waits for good. Wait after the loop.");
            }
        }
    }

    private static bool Escapes(BlockModel model, ILocalSymbol group) => model.ReferencesTo(group).Any(static reference =>
        Operations.Consumer(reference.Operation) is not (IInvocationOperation { Instance: not null } or IPropertyReferenceOperation));

    /// <summary>Tells whether Add was called for all goroutines before the loop.</summary>
    private static bool IsCountedBefore(BlockModel model, ApiCall wait, ILoopOperation loop) => model.Calls.Any(call => call is { Type: ApiType.WaitGroup, Name: "Add" }
        && wait.Target!.Equals(call.Target) && call.Position < loop.Syntax.SpanStart && call.Invocation!.Arguments is [{ Value: { } n }] && n.ConstantValue is not { HasValue: true, Value: 1 });

    private static bool StartsInRound(BlockModel model, ApiCall wait, ILoopOperation loop) => model.Calls.Any(call => call is { Type: ApiType.WaitGroup, Name: "Done" }
        && wait.Target!.Equals(call.Target) && call.Body.Goroutine is { Starts: [ApiCall start] } && ReferenceEquals(start.Body, wait.Body) && ReferenceEquals(Operations.LoopAround(start.Operation), loop));
}
