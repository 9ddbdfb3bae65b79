using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR106: <c>ConfigureAwait(false)</c> on a task of the framework, directly in a goroutine's body.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ConfigureAwaitFalseInBodyAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR106", "ConfigureAwait(false) in the body of a goroutine",
        "What follows this await runs on the thread pool, outside the goroutine: Go.CurrentId is 0, and dumps and the search for deadlocks do not see it. Await without ConfigureAwait(false).",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A body that awaits a task comes back to its goroutine; ConfigureAwait(false) says that it need not.",
        helpLinkUri: HelpLink("GOR106"));

    /// <summary>Creates the analyzer.</summary>
    public ConfigureAwaitFalseInBodyAnalyzer()
        : base(s_rule, Traits.ConfigureAwait)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (Body body in model.Bodies)
        {
            if (body is not { Kind: BodyKind.Goroutine or BodyKind.Main or BodyKind.Inline, IsInGoroutine: true })
            {
                continue;
            }

            foreach (IInvocationOperation call in body.Invocations)
            {
                if (call is { TargetMethod.Name: "ConfigureAwait", Instance: { } awaited, Arguments: [{ Value: var argument }] }
                    && model.Api.IsTaskLike(call.TargetMethod.ContainingType) && DoesNotComeBack(argument)
                    && Operations.Consumer(call) is IAwaitOperation wait && !IsOurs(model.Api, awaited) && !IsLast(wait, body))
                {
                    Report(context, s_rule, call.Syntax);
                }
            }
        }
    }

    /// <summary>Tells whether the body ends with an await: then nothing follows that would run elsewhere.</summary>
    private static bool IsLast(IOperation wait, Body body)
    {
        IOperation child = wait;
        bool returns = false;
        for (IOperation? parent = wait.Parent; parent is not null && !ReferenceEquals(parent, body.Root.Parent); parent = parent.Parent)
        {
            switch (parent)
            {
                case IConversionOperation or IParenthesizedOperation or IExpressionStatementOperation or IReturnOperation or IAnonymousFunctionOperation or ILocalFunctionOperation or IMethodBodyOperation:
                    break;
                case IConditionalOperation choice when !ReferenceEquals(choice.Condition, child):
                    break;
                case ILoopOperation when returns:
                    break;
                case IBlockOperation block when !block.Operations.Any(static one => one is IUsingDeclarationOperation) && (returns || ReferenceEquals(block.Operations[block.Operations.Length - 1], child)):
                    break;
                case IBlockOperation block when block.Operations.IndexOf(child) is var i and >= 0 && block.Operations[i + 1] is IReturnOperation { ReturnedValue: null }
                    && !block.Operations.Any(static one => one is IUsingDeclarationOperation):
                    returns = true; // whatever follows in the blocks around
                    break;
                default:
                    return false;
            }

            child = parent;
        }

        return true;
    }

    /// <summary>Tells whether the awaited operation is the library's: such an operation continues in the goroutine in any case.</summary>
    private static bool IsOurs(Api api, IOperation awaited) =>
        Operations.Unwrap(awaited) is IInvocationOperation { TargetMethod.ContainingType: { } type } && api.TypeOf(type) != ApiType.None;

    private static bool DoesNotComeBack(IOperation argument) => Operations.Unwrap(argument)?.ConstantValue switch
    {
        { HasValue: true, Value: false } => true,
        { HasValue: true, Value: int options } => (options & 1) == 0, // ConfigureAwaitOptions.ContinueOnCapturedContext
        _ => false,
    };
}
