using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR404: a key of a context that is made where it is used, and so is equal to no other.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class KeyMadeAnewAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR404", "A key of a context is made anew",
        "Keys are compared by identity: this one is equal to no other, so no value is ever found under it. Keep the key in a static readonly field.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "As with Go's unexported key types: the key object is the identity.",
        helpLinkUri: HelpLink("GOR404"));

    /// <summary>Creates the analyzer.</summary>
    public KeyMadeAnewAnalyzer()
        : base(s_rule, Traits.Context)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (call is { Type: ApiType.ContextKey, IsCreation: true } && (IsArgument(model, call.Operation) || IsGetter(model, call.Operation)))
            {
                Report(context, s_rule, call.Operation.Syntax);
            }
        }
    }

    private static bool IsArgument(BlockModel model, IOperation creation) => Operations.Consumer(creation) is IArgumentOperation { Parent: IInvocationOperation call }
        && model.Api.TypeOf(call.TargetMethod.ContainingType) is ApiType.GoContext or ApiType.CancelContext;

    /// <summary>Tells whether the key is made by a property's getter, anew at every read.</summary>
    private static bool IsGetter(BlockModel model, IOperation creation) => model.Member is IMethodSymbol { MethodKind: MethodKind.PropertyGet }
        && Operations.Consumer(creation) is IReturnOperation;
}
