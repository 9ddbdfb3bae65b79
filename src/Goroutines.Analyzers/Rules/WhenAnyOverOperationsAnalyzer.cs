using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR206: an operation that loses a race of tasks continues, and takes a value or a lock that nothing uses.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class WhenAnyOverOperationsAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR206", "A race of tasks leaves an operation behind",
        "When another task is first, or the time is over, this '{0}' goes on: it {1} later, and nothing uses it. Use a Select, which performs one case only, or pass a token and cancel it.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "Task.WhenAny and WaitAsync stop waiting for a task; they do not stop what the task does.",
        helpLinkUri: HelpLink("GOR206"));

    /// <summary>Creates the analyzer.</summary>
    public WhenAnyOverOperationsAnalyzer()
        : base(s_rule, Traits.AsTask)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (!(call.IsReceive || call.IsSend || call.IsAcquire) || call.HasToken(model.Api) || !call.Name.EndsWith("Async", StringComparison.Ordinal)
                || Operations.Consumer(call.Operation) is not IInvocationOperation { TargetMethod.Name: "AsTask" } task)
            {
                continue;
            }

            IOperation? consumer = Operations.Consumer(task);
            bool isRaced = consumer is IInvocationOperation { TargetMethod: { Name: "WaitAsync", ContainingNamespace.Name: "Tasks" } };
            for (; consumer is not null && !isRaced; consumer = Operations.Consumer(consumer))
            {
                if (consumer is IInvocationOperation { TargetMethod: { Name: "WhenAny", ContainingType.Name: "Task" } })
                {
                    isRaced = true;
                }
                else if (consumer is not (IArgumentOperation or IArrayCreationOperation or IArrayInitializerOperation or ICollectionExpressionOperation))
                {
                    break;
                }
            }

            if (isRaced)
            {
                // A test that ran out of time has failed already; the report is only a suggestion there.
                DiagnosticSeverity severity = model.Api.IsTestProject ? DiagnosticSeverity.Info : DiagnosticSeverity.Warning;
                Report(context, s_rule, call.Operation.Syntax, severity, call.Name, call.IsReceive ? "takes a value" : call.IsSend ? "delivers its value" : "takes the lock");
            }
        }
    }
}
