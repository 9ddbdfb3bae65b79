using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR403: an endless loop catches the cancellation that should end it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CancellationSwallowedAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR403", "A loop swallows its cancellation",
        "Once the token is cancelled, every round of this loop throws and catches, for good. Write 'catch (Exception e) when (e is not OperationCanceledException)', or leave the loop.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A cancelled operation throws OperationCanceledException, which is an Exception.",
        helpLinkUri: HelpLink("GOR403"));

    /// <summary>Creates the analyzer.</summary>
    public CancellationSwallowedAnalyzer()
        : base(s_rule, Traits.TryStatement)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ITryOperation attempt in model.Tries)
        {
            if (Operations.LoopAround(attempt) is { } loop && Operations.IsEndless(loop) && !LeavesOutside(loop, attempt)
                && Operations.InFunction(attempt.Body).Any(inner => inner is IInvocationOperation call && HasToken(model.Api, call)))
            {
                CheckCatches(context, attempt);
            }
        }
    }

    private static void CheckCatches(OperationBlockAnalysisContext context, ITryOperation attempt)
    {
        foreach (ICatchClauseOperation handler in attempt.Catches)
        {
            if (handler.ExceptionType is { Name: "OperationCanceledException" or "TaskCanceledException" })
            {
                return;
            }

            if (handler.Filter is null && handler.ExceptionType is null or { Name: "Exception" or "Object" })
            {
                if (!Operations.InFunction(handler.Handler).Any(IsWayOut))
                {
                    Report(context, s_rule, ((CatchClauseSyntax)handler.Syntax).Declaration ?? handler.Syntax);
                }

                return;
            }
        }
    }

    private static bool HasToken(Api api, IInvocationOperation call) => call.Arguments.Any(argument => argument.ArgumentKind == ArgumentKind.Explicit
        && argument.Parameter is { } parameter && api.IsToken(parameter.Type) && Operations.Unwrap(argument.Value) is not (IDefaultValueOperation or IPropertyReferenceOperation { Property.Name: "None" }));

    /// <summary>Tells whether the loop is left, or the token looked at, outside the try.</summary>
    private static bool LeavesOutside(ILoopOperation loop, ITryOperation attempt) =>
        Operations.InFunction(loop.Body).Any(operation => !Operations.Contains(attempt, operation) && IsWayOut(operation))
        || (attempt.Finally is { } last && Operations.InFunction(last).Any(IsWayOut));

    private static bool IsWayOut(IOperation operation) => operation is IThrowOperation or IReturnOperation or IBranchOperation { BranchKind: BranchKind.Break or BranchKind.GoTo }
        or IPropertyReferenceOperation { Property.Name: "IsCancellationRequested" or "IsCancelled" } or IInvocationOperation { TargetMethod.Name: "ThrowIfCancellationRequested" or "ThrowIfCancelled" };
}
