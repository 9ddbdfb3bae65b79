using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR111: what a using disposes is used by a goroutine that nothing waits for.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DisposedWhileInUseAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR111", "A goroutine uses an object that is disposed before it ends",
        "'{0}' is disposed at the end of this block, and nothing in the block waits for the goroutine that uses it. Wait for the goroutine in the block, or let the goroutine own the object.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A goroutine goes on after the block that starts it has ended.",
        helpLinkUri: HelpLink("GOR111"));

    /// <summary>Creates the analyzer.</summary>
    public DisposedWhileInUseAnalyzer()
        : base(s_rule, Traits.Goroutine)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (Body body in model.Bodies)
        {
            if (body is not { Kind: BodyKind.Goroutine, Root: IAnonymousFunctionOperation, Starts: [{ Type: ApiType.Go or ApiType.GoRuntime, Name: "Spawn" or "Run" } start] }
                || Joins.IsJoinedAtOnce(model, start))
            {
                continue;
            }

            foreach (ISymbol variable in model.CapturedBy(body))
            {
                if (variable is ILocalSymbol local && model.DeclaratorOf(local) is { } declarator && ReferenceEquals(model.FunctionOf(declarator), start.Body) && body.Captures(local) && model.Api.TypeOf(local.Type) == ApiType.None && local.Type.Name != "CancellationTokenSource"
                    && model.ReferencesTo(local).FirstOrDefault(reference => reference.Body.IsWithin(body)) is { } use
                    && EndOfUsing(model, local) is { } end && start.Position < end && !Waits(model, start, end))
                {
                    Report(context, s_rule, use.Operation.Syntax, local.Name);
                    break;
                }
            }
        }
    }

    /// <summary>Returns where the using ends that disposes a local; null if none does.</summary>
    private static int? EndOfUsing(BlockModel model, ILocalSymbol local)
    {
        for (IOperation? parent = model.DeclaratorOf(local)?.Parent; parent is not null and not IBlockOperation; parent = parent.Parent)
        {
            switch (parent)
            {
                case IUsingDeclarationOperation declaration:
                    return declaration.Parent?.Syntax.Span.End;
                case IUsingOperation @using:
                    return @using.Body.Syntax.Span.End;
            }
        }

        return null;
    }

    /// <summary>Tells whether the function waits after the start: any such wait may be for the goroutine.</summary>
    private static bool Waits(BlockModel model, ApiCall start, int end) =>
        model.Calls.Any(call => ReferenceEquals(call.Body, start.Body) && call.Position > start.Position && call.Position <= end && call.Waits)
        || start.Body.Operations.Any(operation => operation is IAwaitOperation or ILoopOperation { LoopKind: LoopKind.ForEach } or IReturnOperation { ReturnedValue: not null }
            && operation.Syntax.SpanStart > start.Position && operation.Syntax.Span.End <= end);
}
