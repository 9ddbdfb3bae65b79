using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Model;

/// <summary>Questions about the cases of a select all of whose additions are in the member.</summary>
internal static class SelectCases
{
    /// <summary>Returns the calls that add the cases, in order; null if they cannot all be known (loops, branches, other code).</summary>
    public static IReadOnlyList<ApiCall>? Of(BlockModel model, ApiCall wait) => wait.Invocation?.Instance is { } instance ? Of(model, instance, wait.Operation) : null;

    /// <summary>Tells whether a case has another one beside it in the same select, as far as is in sight.</summary>
    public static bool HasOthers(BlockModel model, ApiCall added)
    {
        // Fluent: another addition before or after in the same chain.
        if (Operations.Unwrap(added.Invocation?.Instance) is IInvocationOperation before && IsAddition(before.TargetMethod)
            && model.Api.TypeOf(before.TargetMethod.ContainingType) == ApiType.Select)
        {
            return true;
        }

        if (Operations.Consumer(added.Operation) is IInvocationOperation after && IsAddition(after.TargetMethod)
            && model.Api.TypeOf(after.TargetMethod.ContainingType) == ApiType.Select)
        {
            return true;
        }

        return added.Target is { } select && model.Calls.Any(call => call.Type == ApiType.Select && IsAddition(call.Method) && !ReferenceEquals(call, added)
            && select.Equals(call.Target));
    }

    public static bool IsAddition(IMethodSymbol method) =>
        method.Name is "Receive" or "Send" or "Timeout" or "Await" or "Join" or "AndReceive" or "AndSend" or "AndTimeout" or "AndAwait" or "AndJoin";

    /// <summary>Tells whether a case is added in the expression that waits, so that the place of the one is the place of the other.</summary>
    public static bool IsFluent(IInvocationOperation added)
    {
        IOperation? consumer = Operations.Consumer(added);
        while (consumer is IInvocationOperation { TargetMethod: { } method } && IsAddition(method))
        {
            consumer = Operations.Consumer(consumer);
        }

        return consumer is IInvocationOperation { TargetMethod.Name: "WaitAsync" or "Wait" or "TryWait" };
    }

    private static List<ApiCall>? Of(BlockModel model, IOperation select, IOperation until)
    {
        switch (Operations.Unwrap(select))
        {
            case IObjectCreationOperation { Initializer: null }:
                return [];
            case IInvocationOperation invocation when IsAddition(invocation.TargetMethod) && invocation.Instance is { } instance
                && model.CallOf(invocation) is { Type: ApiType.Select } added:
                List<ApiCall>? before = Of(model, instance, until);
                before?.Add(added);
                return before;
            case ILocalReferenceOperation local when model.DeclaratorOf(local.Local) is { } declarator && model.InitializerOf(local.Local) is { } initial
                && Operations.StatementOf(declarator) is { } declaration:
                List<ApiCall>? cases = Of(model, initial, until);
                return cases is not null && AddLater(model, local.Local, declaration, until, cases) ? cases : null;
            default:
                return null;
        }
    }

    /// <summary>Appends the cases that statements of the declaring block add to a variable before the wait.</summary>
    private static bool AddLater(BlockModel model, ILocalSymbol variable, IOperation declaration, IOperation until, List<ApiCall> cases)
    {
        foreach (Reference reference in model.ReferencesTo(variable))
        {
            if (Operations.Consumer(reference.Operation) is not IInvocationOperation call || model.Api.TypeOf(call.TargetMethod.ContainingType) != ApiType.Select)
            {
                return false;
            }

            if (!IsAddition(call.TargetMethod))
            {
                if (call.TargetMethod.Name == "Remove")
                {
                    return false;
                }

                continue;
            }

            List<ApiCall> chain = [];
            for (IOperation? link = call; link is IInvocationOperation invocation && IsAddition(invocation.TargetMethod); link = Operations.Consumer(link))
            {
                if (model.CallOf(invocation) is { Type: ApiType.Select } added)
                {
                    chain.Add(added);
                }
            }

            if (Operations.StatementOf(call) is not { } statement || !ReferenceEquals(statement.Parent, declaration.Parent)
                || Operations.Unwrap(Operations.Consumer(call)) is IConditionalOperation)
            {
                return false;
            }

            if (!Operations.Contains(statement, until))
            {
                cases.AddRange(chain);
            }
        }

        return true;
    }
}
