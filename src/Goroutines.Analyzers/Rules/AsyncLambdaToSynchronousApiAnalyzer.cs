using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR102: an asynchronous lambda where the library calls a synchronous delegate.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AsyncLambdaToSynchronousApiAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR102", "An async lambda is passed where a synchronous delegate is called",
        "'{0}' calls this delegate synchronously: it goes on at the lambda's first await, and nothing waits for the rest or sees its exception. {1}.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "An async lambda that is converted to Action is async void; one that is converted to Func<T> returns a task that nothing awaits.",
        helpLinkUri: HelpLink("GOR102"));

    /// <summary>Creates the analyzer.</summary>
    public AsyncLambdaToSynchronousApiAnalyzer()
        : base(s_rule, Traits.Delegate)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            CheckArguments(context, model.Api, call);
        }

        foreach (ISimpleAssignmentOperation assignment in model.Settings)
        {
            if (assignment.Target is IPropertyReferenceOperation { Property: { } property } && AsyncVoid(assignment.Value) is { } lambda)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    s_rule, Keyword(lambda), property.Name, "Start a goroutine for what has to wait: 'x => Go.Spawn(async () => ...)'"));
            }
        }
    }

    private static void CheckArguments(OperationBlockAnalysisContext context, Api api, ApiCall call)
    {
        ApiType type = call.Type;
        IMethodSymbol method = call.Method;
        foreach (IArgumentOperation argument in call.Operation is IInvocationOperation invocation ? invocation.Arguments : ((IObjectCreationOperation)call.Operation).Arguments)
        {
            if (argument.Parameter is not { Type.TypeKind: TypeKind.Delegate } parameter || (type is ApiType.None or ApiType.EndpointExtensions && !api.IsMarkedBody(parameter)))
            {
                continue;
            }

            if (AsyncVoid(argument.Value) is { } lambda || (type != ApiType.None && DropsTask(api, type, method) && Lambda(argument.Value) is { } returning
                && api.IsTaskLike(returning.Symbol.ReturnType) && (returning.Symbol.IsAsync || argument.Parent?.Parent is IExpressionStatementOperation) && (lambda = returning) is not null))
            {
                context.ReportDiagnostic(Diagnostic.Create(s_rule, Keyword(lambda), Name(method), Advice(type, method)));
            }
        }
    }

    private static string Name(IMethodSymbol method) => method.MethodKind == MethodKind.Constructor ? method.ContainingType.Name : method.Name;

    /// <summary>Tells whether the method calls a <c>Func&lt;T&gt;</c> synchronously and returns its value, so that a task as the value is lost.</summary>
    private static bool DropsTask(Api api, ApiType type, IMethodSymbol method) => (type, method.Name) switch
    {
        (ApiType.Go or ApiType.GoRuntime, "Blocking") => method.TypeArguments is [var result] && api.IsTaskLike(result),
        (ApiType.OnceValue, ".ctor") => method.ContainingType.TypeArguments is [var value] && api.IsTaskLike(value),
        (ApiType.SingleFlight, "Do") => method.ContainingType.TypeArguments is [_, var value] && api.IsTaskLike(value),
        _ => false,
    };

    private static string Advice(ApiType type, IMethodSymbol method) => (type, method.Name) switch
    {
        (ApiType.Go or ApiType.GoRuntime, "Blocking") => "Await the call itself; Blocking is for code that blocks its thread",
        (ApiType.Once or ApiType.SingleFlight or ApiType.GoLabels, _) => "Use DoAsync and await it",
        _ => "Pass a delegate that waits synchronously, or start a goroutine in it",
    };

    private static IAnonymousFunctionOperation? AsyncVoid(IOperation value) => Lambda(value) is { Symbol: { IsAsync: true, ReturnsVoid: true } } lambda ? lambda : null;

    private static IAnonymousFunctionOperation? Lambda(IOperation? value) =>
        (Operations.Unwrap(value) is IDelegateCreationOperation creation ? creation.Target : Operations.Unwrap(value)) as IAnonymousFunctionOperation;

    private static Location Keyword(IAnonymousFunctionOperation lambda) => lambda.Syntax.GetFirstToken().GetLocation();
}
