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
        : base(s_rule, Traits.Goroutine)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        // A test that sets a panic handler inspects the exceptions itself.
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

            foreach (IInvocationOperation call in body.Invocations)
            {
                if (IsAssertion(call.TargetMethod) && !IsCaught(call))
                {
                    Report(context, s_rule, call.Syntax);
                    break;
                }
            }
        }
    }

    private static bool IsAssertion(IMethodSymbol method) => method.ContainingType is { } type && (OuterNamespace(type), type.Name) switch
    {
        ("Xunit", "Assert") => true,
        ("NUnit", "Assert" or "ClassicAssert" or "StringAssert" or "CollectionAssert") => true,
        ("Microsoft", "Assert" or "StringAssert" or "CollectionAssert") => type.ContainingNamespace.Name == "UnitTesting",
        ("Shouldly", _) => true,
        ("FluentAssertions", { } name) => name.EndsWith("Assertions", StringComparison.Ordinal),
        _ => false,
    };

    private static string OuterNamespace(INamedTypeSymbol type)
    {
        INamespaceSymbol space = type.ContainingNamespace;
        while (space is { ContainingNamespace: { IsGlobalNamespace: false } outer })
        {
            space = outer;
        }

        return space?.Name ?? "";
    }

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
