using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR108: <c>Main</c> in the body of a goroutine, which always throws.</summary>
internal sealed class MainInsideGoroutineRule() : Rule(
    "GOR108", Traits.Delegate,
    "Main is called inside a goroutine",
    "'Main' blocks its thread and throws InvalidOperationException inside a goroutine. Use 'await Go.Run(...)'.",
    "Main is the entry of a program; a goroutine that waits for another one awaits its handle.",
    severity: DiagnosticSeverity.Error)
{
    public override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (call is { Type: ApiType.Go or ApiType.GoRuntime, Name: "Main", Body.IsInGoroutine: true })
            {
                Report(context, call.Operation.Syntax);
            }
        }
    }
}
