using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR103: an operation is started in a synchronous function, and nothing waits for it.</summary>
/// <remarks>In async functions the compiler says so (CS4014).</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OperationNotAwaitedAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR103", "An operation is not awaited",
        "Nothing waits for '{0}'. {1}.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "In a function that is not async the compiler is silent about a call that is not awaited. A lambda with such a call also binds to the overload for synchronous bodies, which costs a stack of its own.",
        helpLinkUri: HelpLink("GOR103"));

    /// <summary>Creates the analyzer.</summary>
    public OperationNotAwaitedAnalyzer()
        : base(s_rule, Traits.None)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (call is { Body.IsAsync: false, Invocation: { Parent: IExpressionStatementOperation }, Type: not ApiType.None }
                && call.Name != "Yield" && model.Api.IsTaskLike(call.Method.ReturnType))
            {
                string? synchronous = SynchronousForms.Of(call.Method)?.Name;
                string advice = (call.Body.Root is IAnonymousFunctionOperation, synchronous) switch
                {
                    (true, null) => "Make the lambda async and await it",
                    (true, _) => $"Make the lambda async and await it, or call '{synchronous}', which waits in a synchronous body",
                    (false, null) => "Return it, or make the method async and await it",
                    (false, _) => $"Make the method async and await it, or call '{synchronous}', which waits in synchronous code",
                };
                Report(context, s_rule, call.Operation.Syntax, call.Name, advice);
            }
        }
    }
}
