using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR113: a synchronous body with a loop that nothing in it can park, so that it needs no stack of its own.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StackForNothingAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR113", "A synchronous body never waits",
        "This body takes a stack of its own, on a thread, but nothing in it waits. Make the lambda return a ValueTask (async, or return default at its end): then it runs on a worker that is there already.",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true,
        description: "A synchronous body costs a thread so that it can park anywhere. What only computes has no use for it.",
        helpLinkUri: HelpLink("GOR113"));

    /// <summary>Creates the analyzer.</summary>
    public StackForNothingAnalyzer()
        : base(s_rule, Traits.Goroutine)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (Body body in model.Bodies)
        {
            if (body is { Kind: BodyKind.Goroutine, IsAsync: false, Root: IAnonymousFunctionOperation, Method.ReturnsVoid: true }
                && body.Starts is [{ Spawns: true, Name: not "AfterFunc" }] && OnlyComputes(model, body))
            {
                context.ReportDiagnostic(Diagnostic.Create(s_rule, body.Root.Syntax.GetFirstToken().GetLocation()));
            }
        }
    }

    /// <summary>Tells whether the body has a loop and calls nothing that could wait: no code of the user, no input or output, no locks.</summary>
    private static bool OnlyComputes(BlockModel model, Body body)
    {
        bool loops = false;
        foreach (IOperation operation in body.Operations)
        {
            switch (operation)
            {
                case ILoopOperation loop:
                    if (Operations.IsEndless(loop))
                    {
                        return false; // GOR105's cast made it so
                    }

                    loops = true;
                    break;
                case IInvocationOperation call when !IsHarmless(model, call.TargetMethod):
                case IPropertyReferenceOperation { Property.DeclaringSyntaxReferences.Length: > 0 }:
                case ILockOperation or IDynamicInvocationOperation or IFunctionPointerInvocationOperation:
                    return false;
            }
        }

        return loops;
    }

    private static bool IsHarmless(BlockModel model, IMethodSymbol method)
    {
        if (model.Api.TypeOf(method.ContainingType) != ApiType.None)
        {
            return method.Name is "TrySend" or "TryTake" or "TryReceive" or "Done";
        }

        return method.MethodKind != MethodKind.DelegateInvoke && method.DeclaringSyntaxReferences.IsEmpty
            && method.ContainingType is { ContainingNamespace: { } space } type
            && (space.ToDisplayString() is "System" or "System.Collections.Generic" or "System.Numerics" or "System.Text" || type.Name is "Interlocked" or "Volatile")
            && type.Name is not "Console" and not "GC";
    }
}
