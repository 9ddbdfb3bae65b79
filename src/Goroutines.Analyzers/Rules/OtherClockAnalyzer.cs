using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR502: the machine's clock is used in the body of a goroutine.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OtherClockAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR502", "A goroutine uses a clock that is not the runtime's",
        "'{0}' goes by the machine's clock, which a test with a clock of its own cannot turn. Use '{1}'.",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true,
        description: "A runtime has a TimeProvider; Go.SleepAsync, Go.After and Go.Now go by it.",
        helpLinkUri: HelpLink("GOR502"));

    /// <summary>Creates the analyzer.</summary>
    public OtherClockAnalyzer()
        : base(s_rule, Traits.None)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (Body body in model.Bodies)
        {
            if (!body.IsInGoroutine || Times.TestAround(body) is not null)
            {
                continue; // in a virtual test GOR602 speaks
            }

            foreach (IOperation operation in body.Operations)
            {
                switch (operation)
                {
                    case IInvocationOperation call when Times.IsPlainDelay(call) && Operations.AwaitOf(call) is not null:
                        Report(context, s_rule, call.Syntax, "Task.Delay", "Go.SleepAsync");
                        break;
                    case IPropertyReferenceOperation { Property: { ContainingType.Name: "DateTimeOffset", Name: "UtcNow" } } now when Times.IsMachineClock(now) && !IsPassedAsTime(model, now):
                        Report(context, s_rule, now.Syntax, "DateTimeOffset.UtcNow", "Go.Now");
                        break;
                    case IObjectCreationOperation { Type: { Name: "PeriodicTimer", ContainingNamespace.Name: "Threading" }, Arguments.Length: 1 } timer:
                        Report(context, s_rule, timer.Syntax, "PeriodicTimer", "Ticker");
                        break;
                }
            }
        }
    }

    /// <summary>Tells whether the reading is an argument that GOR503 or GOR504 reports.</summary>
    private static bool IsPassedAsTime(BlockModel model, IOperation now) => model.Calls.Any(call =>
        Times.Arguments(call, "DateTimeOffset").Concat(Times.Arguments(call, "TimeSpan")).Any(argument => Operations.Contains(argument, now)));
}
