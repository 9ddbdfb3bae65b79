using System.Globalization;
using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR504: a duration is reckoned from a time and the clock, where the time itself can be given.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DurationFromTimeAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR504", "A duration is reckoned from a point in time",
        "The clock goes on between the subtraction and the wait, and may be set. Give the time itself: '{0}'.",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true,
        description: "SleepUntilAsync, WithDeadline and GoTimer take a point in time.",
        helpLinkUri: HelpLink("GOR504"));

    /// <summary>Creates the analyzer.</summary>
    public DurationFromTimeAnalyzer()
        : base(s_rule, Traits.Time)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (Better(call) is not { } better)
            {
                continue;
            }

            foreach (IArgumentOperation argument in Times.Arguments(call, "TimeSpan"))
            {
                if (Operations.Unwrap(argument.Value) is IBinaryOperation { OperatorKind: BinaryOperatorKind.Subtract, LeftOperand: { Type.Name: "DateTimeOffset" } left, RightOperand: { } right }
                    && Times.IsNow(model, right) && !Times.IsNow(model, left))
                {
                    Report(context, s_rule, argument.Value.Syntax, string.Format(CultureInfo.InvariantCulture, better, left.Syntax));
                }
            }
        }
    }

    private static string? Better(ApiCall call) => (call.Type, call.Name) switch
    {
        (ApiType.Go, "SleepAsync") => "Go.SleepUntilAsync({0})",
        (ApiType.GoRuntime, "SleepAsync") => "SleepUntilAsync({0})",
        (ApiType.GoContext or ApiType.CancelContext, "WithTimeout") => "WithDeadline({0})",
        (ApiType.GoTimer, ".ctor") => "new GoTimer({0})",
        (ApiType.GoTimer, "Reset") => "Reset({0})",
        _ => null,
    };
}
