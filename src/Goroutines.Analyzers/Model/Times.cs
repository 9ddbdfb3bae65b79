using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Model;

/// <summary>Durations, points in time and the clocks they come from.</summary>
internal static class Times
{
    /// <summary>Returns the arguments of a call of the library whose parameter has a type: TimeSpan for durations, DateTimeOffset for points in time.</summary>
    public static IEnumerable<IArgumentOperation> Arguments(ApiCall call, string type)
    {
        if (call.Type == ApiType.None)
        {
            yield break;
        }

        foreach (IArgumentOperation argument in call.Operation is IInvocationOperation invocation ? invocation.Arguments : ((IObjectCreationOperation)call.Operation).Arguments)
        {
            if (argument is { ArgumentKind: ArgumentKind.Explicit, Parameter.Type: INamedTypeSymbol found } && (found.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T ? found.TypeArguments[0] : found).Name == type)
            {
                yield return argument;
            }
        }
    }

    /// <summary>Returns the reading of the machine's clock in an expression; null if there is none.</summary>
    public static IPropertyReferenceOperation? MachineClock(IOperation expression) => expression.DescendantsAndSelf().OfType<IPropertyReferenceOperation>().FirstOrDefault(IsMachineClock);

    public static bool IsMachineClock(IOperation operation) =>
        operation is IPropertyReferenceOperation { Property: { Name: "UtcNow" or "Now", IsStatic: true, ContainingType: { Name: "DateTime" or "DateTimeOffset", ContainingNamespace.Name: "System" } } };

    /// <summary>Tells whether an expression reads a clock: the runtime's, a time provider's or the machine's.</summary>
    public static bool IsNow(BlockModel model, IOperation? expression) => Operations.Unwrap(expression) switch
    {
        IPropertyReferenceOperation { Property: { Name: "Now", ContainingType: { } type } } when model.Api.TypeOf(type) is ApiType.Go or ApiType.GoRuntime => true,
        IInvocationOperation { TargetMethod: { Name: "GetUtcNow", ContainingType.Name: "TimeProvider" } } => true,
        { } other => IsMachineClock(other),
        null => false,
    };

    /// <summary>Tells whether a call waits by the machine's clock: <c>Task.Delay</c> without a time provider.</summary>
    public static bool IsPlainDelay(IInvocationOperation call) =>
        call.TargetMethod is { Name: "Delay", ContainingType: { Name: "Task", ContainingNamespace.Name: "Tasks" } } && !call.TargetMethod.Parameters.Any(static parameter => parameter.Type.Name == "TimeProvider");

    /// <summary>Tells whether code runs in a virtual test, whose clock is not the machine's.</summary>
    public static ApiCall? TestAround(Body body)
    {
        for (Body? outer = body; outer is not null; outer = outer.Parent)
        {
            if (outer.Starts.FirstOrDefault(static start => start.Type == ApiType.GoTest) is { } test)
            {
                return test;
            }
        }

        return null;
    }
}
