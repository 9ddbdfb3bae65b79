using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR901: a body that captures a few values, which could be its arguments.</summary>
/// <remarks>
/// Hidden: a build never runs it. The editor offers the change where it means the same: the body and the code around it only read the
/// variables once the goroutine is started, and a copy of each is as good as the variable.
/// </remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ClosureCouldBeStateAnalyzer : RuleAnalyzer
{
    /// <summary>The property of a report, for its fix: the names of the captured variables with commas between them.</summary>
    internal const string Captured = "captured";

    private const int MostArguments = 3;

    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR901", "A closure could be arguments",
        "This body captures {0}. Passed as arguments to a static lambda they cost no closure.",
        Category, DiagnosticSeverity.Hidden, isEnabledByDefault: true,
        description: "A lambda that captures variables costs an object for them and a delegate each time; a static lambda costs neither.",
        helpLinkUri: HelpLink("GOR901"));

    /// <summary>Creates the analyzer.</summary>
    public ClosureCouldBeStateAnalyzer()
        : base(s_rule, Traits.Goroutine)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (Body body in model.Bodies)
        {
            if (body is { Kind: BodyKind.Goroutine, Root: IAnonymousFunctionOperation lambda, Method.Parameters.IsEmpty: true, Starts: [{ Invocation: { } start } call] }
                && call.Type is ApiType.Go or ApiType.GoRuntime or ApiType.GoScope or ApiType.WaitGroup or ApiType.ErrGroup && call.Name is "Spawn" or "Run" or "TrySpawn"
                && lambda.Syntax is ParenthesizedLambdaExpressionSyntax { Parent: ArgumentSyntax { NameColon: null } } syntax && !syntax.Modifiers.Any(SyntaxKind.StaticKeyword)
                && start.Arguments.Count(static argument => argument.ArgumentKind == ArgumentKind.Explicit) == 1
                && Captures(model, body, call) is { Count: > 0 and <= MostArguments } captured)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    s_rule, syntax.ArrowToken.GetLocation(), [syntax.GetLocation()],
                    System.Collections.Immutable.ImmutableDictionary<string, string?>.Empty.Add(Captured, string.Join(",", captured.Select(static variable => variable.Name))),
                    string.Join(", ", captured.Select(static variable => $"'{variable.Name}'"))));
            }
        }
    }

    /// <summary>Returns the variables that a body captures, in the order of use; null if one of them, or what else it captures, must stay captured.</summary>
    private static List<ISymbol>? Captures(BlockModel model, Body body, ApiCall start)
    {
        IReadOnlyList<ISymbol> all = model.CapturedBy(body);
        if (all.Count == 0 || model.Bodies.Any(inner => inner.IsWithin(body) && inner.Operations.Any(MustStay)))
        {
            return null;
        }

        List<ISymbol> captured = [];
        foreach (ISymbol variable in all)
        {
            if (variable is ILocalSymbol { IsConst: true })
            {
                continue;
            }

            if (!CanBeCopied(variable) || model.ReferencesTo(variable).Any(reference => reference.IsWrite && !IsBefore(reference, start)))
            {
                return null;
            }

            captured.Add(variable);
        }

        return captured;
    }

    /// <summary>Tells whether an operation uses what cannot be an argument of a static lambda: the object itself, a local function.</summary>
    private static bool MustStay(IOperation operation) => operation is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance }
        or IInvocationOperation { TargetMethod.MethodKind: MethodKind.LocalFunction } or IMethodReferenceOperation { Method.MethodKind: MethodKind.LocalFunction };

    /// <summary>A mutable struct must stay captured: its copy would be another object.</summary>
    private static bool CanBeCopied(ISymbol variable)
    {
        ITypeSymbol? type = (variable as ILocalSymbol)?.Type ?? (variable as IParameterSymbol)?.Type;
        return type is not null && !type.IsAnonymousType && type is not ITypeParameterSymbol
            && (type.IsReferenceType || type.IsReadOnly || type.SpecialType != SpecialType.None || type.TypeKind == TypeKind.Enum);
    }

    /// <summary>Tells whether a write has happened when the goroutine is started, in each round of the loops around both.</summary>
    private static bool IsBefore(Reference write, ApiCall start)
    {
        if (!ReferenceEquals(write.Body, start.Body) || write.Position > start.Operation.Syntax.SpanStart)
        {
            return false;
        }

        for (ILoopOperation? loop = Operations.LoopAround(start.Operation); loop is not null; loop = Operations.LoopAround(loop))
        {
            // The next round writes while the goroutine of this one may still read.
            if (Operations.Contains(loop, write.Operation))
            {
                return false;
            }
        }

        return true;
    }
}
