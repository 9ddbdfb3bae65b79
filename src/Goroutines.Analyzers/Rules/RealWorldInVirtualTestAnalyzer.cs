using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR602: a virtual test uses the real clock, or an explored one something that is not repeatable.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RealWorldInVirtualTestAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR602", "The real world in a virtual test",
        "'{0}' {1}. Use '{2}'.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "GoTest.Run has a virtual clock; GoTest.Explore repeats schedules, which has to give the same every time.",
        helpLinkUri: HelpLink("GOR602"));

    /// <summary>Creates the analyzer.</summary>
    public RealWorldInVirtualTestAnalyzer()
        : base(s_rule, Traits.Test)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (Body body in model.Bodies)
        {
            if (Times.TestAround(body) is not { } test || !(body.IsInGoroutine || body.Kind is BodyKind.Main))
            {
                continue;
            }

            foreach (IOperation operation in body.Operations)
            {
                if (Find(model, operation, test.Name != "Run") is { } found)
                {
                    Report(context, s_rule, operation.Syntax, found.What, found.Why, found.Instead);
                }
            }
        }
    }

    private static (string What, string Why, string Instead)? Find(BlockModel model, IOperation operation, bool explored)
    {
        const string Clock = "goes by the machine's clock, and the test's is virtual";
        const string Chance = "is not the same when the schedule is repeated";
        switch (operation)
        {
            case IInvocationOperation call when Times.IsPlainDelay(call) && Operations.AwaitOf(call) is not null:
                return ("Task.Delay", Clock, "Go.SleepAsync");
            case IInvocationOperation { TargetMethod: { Name: "Sleep", ContainingType: { } type } } when Api.Same(type, model.Api.Thread):
                return ("Thread.Sleep", Clock, "Go.Sleep or await Go.SleepAsync");
            case IPropertyReferenceOperation when Times.IsMachineClock(operation):
                return ("UtcNow", Clock, "Go.Now");
            case IPropertyReferenceOperation { Property: { Name: "Shared", ContainingType.Name: "Random" } } when explored:
                return ("Random.Shared", Chance, "a Random with a seed");
            case IInvocationOperation { TargetMethod: { Name: "NewGuid", ContainingType.Name: "Guid" } } when explored:
                return ("Guid.NewGuid", Chance, "a fixed value");
            default:
                return null;
        }
    }
}
