using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR601: an assertion in a goroutine that nothing joins, so that the test passes all the same.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AssertionInSpawnedBodyAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR601", "An assertion in a spawned goroutine fails no test",
        "When this fails, the exception goes to the panic handler, and the test passes. Start the goroutine with 'Go.Run' and await it, use an ErrGroup, or run the test in GoTest.Run.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "As Go's vet says of t.FailNow in a goroutine of a test.",
        helpLinkUri: HelpLink("GOR601"));

    /// <summary>Creates the analyzer.</summary>
    public AssertionInSpawnedBodyAnalyzer()
        : base(s_rule)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        // A test that sets a panic handler looks at what goes to it.
        if (!model.Api.IsTestProject || model.Settings.Any(static set => set.Target is IPropertyReferenceOperation { Property.Name: "PanicHandler" }))
        {
            return;
        }

        foreach (Body body in model.Bodies)
        {
            if (body.Goroutine is not { } goroutine || !goroutine.Starts.All(static start => start is { Name: "Spawn", Type: ApiType.Go or ApiType.GoRuntime or ApiType.WaitGroup })
                || Times.TestAround(body) is not null)
            {
                continue;
            }

            foreach (IOperation operation in body.Operations)
            {
                if (operation is IInvocationOperation call && IsAssertion(call.TargetMethod) && !IsCaught(call))
                {
                    Report(context, s_rule, call.Syntax);
                    break;
                }
            }
        }
    }

    private static bool IsAssertion(IMethodSymbol method) => method.ContainingType is { } type && (type.ContainingNamespace.ToDisplayString(), type.Name) switch
    {
        ("Xunit", "Assert") => true,
        ("NUnit.Framework", "Assert" or "ClassicAssert" or "StringAssert" or "CollectionAssert") => true,
        ("Microsoft.VisualStudio.TestTools.UnitTesting", "Assert" or "StringAssert" or "CollectionAssert") => true,
        ({ } space, _) => space.StartsWith("Shouldly", StringComparison.Ordinal) || (space.StartsWith("FluentAssertions", StringComparison.Ordinal) && type.Name.EndsWith("Assertions", StringComparison.Ordinal)),
        _ => false,
    };

    private static bool IsCaught(IOperation operation)
    {
        for (IOperation? parent = operation.Parent; parent is not null && !Operations.IsFunction(parent); parent = parent.Parent)
        {
            if (parent is ITryOperation { Catches.IsEmpty: false } attempt && Operations.Contains(attempt.Body, operation))
            {
                return true;
            }
        }

        return false;
    }
}
