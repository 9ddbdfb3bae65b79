using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Model;

/// <summary>Questions about whether code waits for the end of goroutines that it started.</summary>
internal static class Joins
{
    /// <summary>Tells whether a goroutine that is started in a loop has ended before the next round.</summary>
    public static bool InRound(BlockModel model, ApiCall start, ILoopOperation loop) =>
        IsJoinedAtOnce(model, start) || Between(model, start.Body, start.Operation.Syntax.Span.End, loop.Body.Syntax.Span.End);

    /// <summary>Tells whether the end of the goroutine is awaited where it is started; the await of some calls is for room, or for a server to be ready.</summary>
    public static bool IsJoinedAtOnce(BlockModel model, ApiCall start) => (Operations.AwaitOf(start.Operation) is not null && start is not ({ Name: "SpawnAsync" } or { Type: ApiType.ClusterConnection }))
        || (Operations.Consumer(start.Operation) is IInvocationOperation { Instance: { } instance } use
            && model.Api.TypeOf(instance.Type) == ApiType.Goroutine && use.TargetMethod.Name is "Join" or "JoinAsync");

    /// <summary>Returns the variable that the handle of a goroutine is kept in; null if there is none.</summary>
    public static ILocalSymbol? HandleOf(ApiCall start) => Operations.Consumer(start.Operation) switch
    {
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => declarator.Symbol,
        ISimpleAssignmentOperation { Target: ILocalReferenceOperation local } => local.Local,
        _ => null,
    };

    /// <summary>Tells whether a function waits for goroutines (a handle, a group, tasks) between two positions of it.</summary>
    public static bool Between(BlockModel model, Body function, int from, int to)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (ReferenceEquals(call.Body, function) && call.Position > from && call.Position <= to
                && call.Type is ApiType.WaitGroup or ApiType.ErrGroup or ApiType.Goroutine && call.Waits)
            {
                return true;
            }
        }

        foreach (IOperation operation in function.Operations)
        {
            if (operation is IAwaitOperation { Operation: { } awaited } && awaited.Syntax.SpanStart > from && awaited.Syntax.Span.End <= to
                && (model.Api.TypeOf(awaited.Type) == ApiType.Goroutine || awaited is IInvocationOperation { TargetMethod.Name: "WhenAll" }))
            {
                return true;
            }
        }

        return false;
    }
}
