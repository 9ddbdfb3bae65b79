using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR402: a wait in a goroutine of a scope or a group does not take its token.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TokenNotPassedOnAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR402", "The token of the scope or group is not passed on",
        "'{0}' goes on when {1} is cancelled, which holds up its end. Pass '{2}'.",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true,
        description: "CA2016 passes on tokens that are parameters; a scope, a group and a GoContext have theirs as a property.",
        helpLinkUri: HelpLink("GOR402"));

    /// <summary>Creates the analyzer.</summary>
    public TokenNotPassedOnAnalyzer()
        : base(s_rule, Traits.None)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (Takes(model, call) && !call.HasToken(model.Api) && IsLong(call) && !IsInCleanup(call.Operation) && Source(model, call) is { } source)
            {
                Report(context, s_rule, call.Operation.Syntax, call.Name, source.Name, source.Token);
            }
        }
    }

    private static bool Takes(BlockModel model, ApiCall call) => call.Waits && call.Method.Parameters.Any(parameter => model.Api.IsToken(parameter.Type));

    /// <summary>Tells whether the wait may be long: a sleep, or a wait that an endless loop repeats. A wait that another child ends needs no token.</summary>
    private static bool IsLong(ApiCall call) => call.Name is "SleepAsync" or "SleepUntilAsync" or "Sleep"
        || ((call.IsReceive || call.IsSend) && Operations.LoopAround(call.Operation) is { } loop && Operations.IsEndless(loop));

    /// <summary>Tells whether the call is in a catch or finally: after a cancellation its token would be cancelled already.</summary>
    private static bool IsInCleanup(IOperation operation)
    {
        for (IOperation? parent = operation.Parent; parent is not null && !Operations.IsFunction(parent); parent = parent.Parent)
        {
            if (parent is ICatchClauseOperation || (parent is ITryOperation { Finally: { } last } && Operations.Contains(last, operation)))
            {
                return true;
            }
        }

        return false;
    }

    private static (string Name, string Token)? Source(BlockModel model, ApiCall call)
    {
        for (Body? body = call.Body; body is not null; body = body.Parent)
        {
            if (body.Method?.Parameters.Any(parameter => model.Api.IsToken(parameter.Type)) == true)
            {
                return null; // CA2016
            }

            if (body.Method?.Parameters.FirstOrDefault(parameter => model.Api.TypeOf(parameter.Type) is ApiType.GoContext or ApiType.CancelContext) is { } context)
            {
                return ($"'{context.Name}'", context.Name);
            }

            if (body is { Kind: BodyKind.Inline, Starts: [{ Name: "ScopeAsync" }], Method.Parameters: [{ } scope] } && model.Api.TypeOf(scope.Type) == ApiType.GoScope)
            {
                return ("the scope", $"{scope.Name}.CancellationToken");
            }

            if (body.Kind == BodyKind.Goroutine)
            {
                if (body.Starts is [{ Type: ApiType.ErrGroup, Target: { } group }])
                {
                    return ($"'{group}'", $"{group}.CancellationToken");
                }

                if (body.Starts is not [{ Type: ApiType.GoScope }])
                {
                    return null; // a goroutine of its own
                }
            }
        }

        return null;
    }
}
