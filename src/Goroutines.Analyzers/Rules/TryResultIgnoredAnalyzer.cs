using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR209: the result of a try is ignored where only the result tells whether it happened.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TryResultIgnoredAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR209", "The result of a try is ignored",
        "Nothing looks at whether '{0}' succeeded{1}. Look at the result; write '_ = ...' if it does not matter.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A try never waits: where there is no room, nothing or no lock it returns false.",
        helpLinkUri: HelpLink("GOR209"));

    /// <summary>Creates the analyzer.</summary>
    public TryResultIgnoredAnalyzer()
        : base(s_rule, Traits.Attempt)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (model.IsDropped(call.Operation) && Consequence(model, call) is { } consequence)
            {
                Report(context, s_rule, call.Operation.Syntax, call.Name, consequence);
            }
        }
    }

    private static string? Consequence(BlockModel model, ApiCall call) => (call.Type, call.Name) switch
    {
        // A buffered channel is not reported: the program may know that there is room, or a signal may be pending already. Draining discards its values on purpose.
        (ApiType.Chan, "TrySend") when IsUnbuffered(model, call) => ": without a receiver that waits at that moment the value is lost",
        (ApiType.GoMutex or ApiType.GoRWMutex, "TryLock" or "TryReadLock") => ", so what follows may run without the lock",
        (ApiType.WeightedSemaphore, "TryAcquire") => ", so what follows may run without the permits",
        (ApiType.ClusterChan, "TrySendAsync") => ": where the channel is full the value is lost",
        (ApiType.ClusterConnection, "TryLockAsync" or "TryAcquireAsync") => ", so what follows may run without the lease, and nothing gives it back",
        (ApiType.ErrGroup, "TrySpawn") => ": where the group is full the goroutine is never started",
        (ApiType.Chan or ApiType.Receiver, "TryTake" or "TryReceive") when UsesResult(model, call) && !IsKnownToBeThere(call.Operation) => ": without a value the variable is default",
        _ => null,
    };

    private static bool IsUnbuffered(BlockModel model, ApiCall call) => call.Target is { IsVariable: true, Symbol: ILocalSymbol local }
        && model.InitializerOf(local) is IObjectCreationOperation { Arguments: [{ Value.ConstantValue: { HasValue: true, Value: 0 } }] }
        && call.Method.ContainingType.TypeArguments is [{ Name: not "Unit" }];

    /// <summary>Tells whether the code has waited for a value, or counted: a single receiver then knows that there is one.</summary>
    private static bool IsKnownToBeThere(IOperation operation)
    {
        IOperation child = operation;
        for (IOperation? parent = operation.Parent; parent is not null && !Operations.IsFunction(parent); child = parent, parent = parent.Parent)
        {
            IOperation? condition = parent switch
            {
                IConditionalOperation choice => choice.Condition,
                IWhileLoopOperation loop => loop.Condition,
                _ => null,
            };
            if (condition is not null && !ReferenceEquals(condition, child) && condition.DescendantsAndSelf().Any(static part =>
                part is IInvocationOperation { TargetMethod.Name: "WaitToReadAsync" } or IPropertyReferenceOperation { Property.Name: "Count" }))
            {
                return true;
            }
        }

        return false;
    }

    private static bool UsesResult(BlockModel model, ApiCall call) => call.Invocation!.Arguments is [{ Value: { } value }]
        && Place.Of(value) is { IsVariable: true, Symbol: { } variable } && model.ReferencesTo(variable).Count > 1
        && (call.Name == "TryTake" || !ReceivedValues.UsesOk(model, variable));
}
