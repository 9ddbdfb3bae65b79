using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR108: <c>Main</c> in the body of a goroutine, which always throws.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MainInsideGoroutineAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR108", "Main is called inside a goroutine",
        "'Main' blocks its thread and throws InvalidOperationException inside a goroutine. Use 'await Go.Run(...)'.",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true,
        description: "Main is the entry of a program; a goroutine that waits for another one awaits its handle.",
        helpLinkUri: HelpLink("GOR108"));

    /// <summary>Creates the analyzer.</summary>
    public MainInsideGoroutineAnalyzer()
        : base(s_rule, Traits.Delegate)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (call is { Type: ApiType.Go or ApiType.GoRuntime, Name: "Main", Body.IsInGoroutine: true })
            {
                Report(context, s_rule, call.Operation.Syntax);
            }
        }
    }
}
