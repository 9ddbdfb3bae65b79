using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR105: a synchronous endless lambda fits the overload for asynchronous bodies, too, and that one wins.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EndlessBodyOnAsyncOverloadAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR105", "An endless synchronous body runs as an asynchronous one",
        "This lambda never returns, so it fits 'Func<{0}>', and the overload for asynchronous bodies is taken: it occupies a worker for good. Cast it to Action for a stack of its own, or make it async and await in the loop.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A lambda whose end cannot be reached converts to every delegate type, whatever that returns.",
        helpLinkUri: HelpLink("GOR105"));

    /// <summary>Creates the analyzer.</summary>
    public EndlessBodyOnAsyncOverloadAnalyzer()
        : base(s_rule, Traits.Delegate)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (Body body in model.Bodies)
        {
            if (body is { Kind: BodyKind.Goroutine or BodyKind.Main, IsAsync: false, Root: IAnonymousFunctionOperation, Method: { ReturnsVoid: false } method }
                && model.Api.IsTaskLike(method.ReturnType) && IsEndless(body))
            {
                context.ReportDiagnostic(Diagnostic.Create(s_rule, body.Root.Syntax.GetFirstToken().GetLocation(), method.ReturnType.Name));
            }
        }
    }

    private static bool IsEndless(Body body)
    {
        bool loops = false;
        foreach (IOperation operation in body.Operations)
        {
            if (operation is IReturnOperation { ReturnedValue: not null })
            {
                return false;
            }

            loops |= operation is ILoopOperation loop && Operations.IsEndless(loop);
        }

        return loops;
    }
}
