using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR503: a point in time read from the machine's clock is passed to an operation that uses the runtime's clock.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeadlineOfOtherClockAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR503", "A deadline is reckoned by another clock",
        "This time is read from the machine's clock, and '{0}' goes by the runtime's. Use 'Go.Now', or the form that takes a duration.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "In a test with a virtual clock, and wherever a runtime is given a TimeProvider, the two clocks differ by years.",
        helpLinkUri: HelpLink("GOR503"));

    /// <summary>Creates the analyzer.</summary>
    public DeadlineOfOtherClockAnalyzer()
        : base(s_rule, Traits.Time)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (!IsOurTime(call))
            {
                continue;
            }

            foreach (IArgumentOperation argument in Times.Arguments(call, "DateTimeOffset"))
            {
                if (Times.MachineClock(argument.Value) is { } now)
                {
                    Report(context, s_rule, now.Syntax, call.IsCreation ? call.Method.ContainingType.Name : call.Name);
                }
            }
        }
    }

    /// <summary>Tells whether the call compares the time with the runtime's clock. Points in time that are sent or stored are the user's.</summary>
    private static bool IsOurTime(ApiCall call) => (call.Type, call.Name) is (ApiType.Go or ApiType.GoRuntime, "SleepUntilAsync") or (ApiType.GoContext or ApiType.CancelContext, "WithDeadline")
        or (ApiType.GoTimer, ".ctor" or "Reset");
}
