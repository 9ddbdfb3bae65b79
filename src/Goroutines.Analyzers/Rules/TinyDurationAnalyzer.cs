using System.Globalization;
using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR501: a duration that is given in ticks of 100 ns, where more is meant.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TinyDurationAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR501", "A duration is given in ticks",
        "This is {0}: a TimeSpan is made of ticks of 100 nanoseconds. Say the unit, e.g. 'TimeSpan.FromMilliseconds({1})'.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "Go's time.Duration counts nanoseconds, and new TimeSpan(n) ticks; a sleep of some ticks is hardly ever meant.",
        helpLinkUri: HelpLink("GOR501"));

    /// <summary>Creates the analyzer.</summary>
    public TinyDurationAnalyzer()
        : base(s_rule, Traits.Time)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            foreach (IArgumentOperation argument in Times.Arguments(call, "TimeSpan"))
            {
                if (Ticks(argument.Value) is { } ticks && ticks is > 0 and < TimeSpan.TicksPerMillisecond)
                {
                    Report(context, s_rule, argument.Value.Syntax, ticks < 10 ? $"{ticks * 100} ns" : $"{ticks / 10} us", ticks);
                }
            }
        }
    }

    private static long? Ticks(IOperation value) => Operations.Unwrap(value) switch
    {
        IObjectCreationOperation { Type.Name: "TimeSpan", Arguments: [{ Value.ConstantValue: { HasValue: true, Value: { } ticks } }] } => Convert.ToInt64(ticks, CultureInfo.InvariantCulture),
        IInvocationOperation { TargetMethod: { Name: "FromTicks", ContainingType.Name: "TimeSpan" }, Arguments: [{ Value.ConstantValue: { HasValue: true, Value: { } ticks } }] } =>
            Convert.ToInt64(ticks, CultureInfo.InvariantCulture),
        _ => null,
    };
}
