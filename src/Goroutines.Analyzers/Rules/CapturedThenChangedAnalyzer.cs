using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR112: what a goroutine uses is given another value after the goroutine was started.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CapturedThenChangedAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR112", "A captured variable changes after the goroutine was started",
        "'{0}' is changed after this goroutine was started, and the goroutine may see the new value. Pass it as an argument, which is taken at the statement as by Go's 'go f(x)', or copy it to a variable of its own.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A lambda captures variables, not their values. The arguments of Go's go statement are evaluated when it runs; Go.Spawn(body, argument) does the same.",
        helpLinkUri: HelpLink("GOR112"));

    /// <summary>Creates the analyzer.</summary>
    public CapturedThenChangedAnalyzer()
        : base(s_rule, Traits.Goroutine)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (Body body in model.Bodies)
        {
            if (body is not { Kind: BodyKind.Goroutine, Root: IAnonymousFunctionOperation, Starts: [ApiCall start] })
            {
                continue;
            }

            ILoopOperation? loop = Operations.LoopAround(start.Operation);
            if (Joins.IsJoinedAtOnce(model, start) || (loop is not null && Joins.InRound(model, start, loop)))
            {
                continue;
            }

            foreach (ISymbol variable in model.CapturedBy(body))
            {
                if (IsCandidate(variable, body, loop) && FirstRead(model, variable, body) is { } read && (loop is not null || !WaitsBefore(model, body, read))
                    && IsChanged(model, variable, start, loop))
                {
                    Report(context, s_rule, read.Operation.Syntax, variable.Name);
                }
            }
        }
    }

    /// <summary>Tells whether a variable can be reported. A Boolean is not: a flag is meant to change while the goroutine reads it.</summary>
    private static bool IsCandidate(ISymbol variable, Body body, ILoopOperation? loop) =>
        variable is ILocalSymbol { Type.SpecialType: not SpecialType.System_Boolean } or IParameterSymbol { Type.SpecialType: not SpecialType.System_Boolean }
        && body.Captures(variable)
        && (loop is null || !loop.Syntax.Span.Contains(variable.DeclaringSyntaxReferences[0].Span));

    private static Reference? FirstRead(BlockModel model, ISymbol variable, Body body)
    {
        Reference? first = null;
        foreach (Reference reference in model.ReferencesTo(variable))
        {
            if (reference.Body.IsWithin(body))
            {
                if (reference.IsWrite)
                {
                    return null; // shared on purpose, or what GOR109 is for
                }

                first ??= reference;
            }
        }

        return first;
    }

    /// <summary>Tells whether the goroutine waits before it reads the variable: it may wait for the change.</summary>
    private static bool WaitsBefore(BlockModel model, Body body, Reference read) => model.Calls.Any(call => call.Waits && call.Body.IsWithin(body) && call.Position < read.Position);

    private static bool IsChanged(BlockModel model, ISymbol variable, ApiCall start, ILoopOperation? loop)
    {
        ITypeSymbol? type = (variable as ILocalSymbol)?.Type ?? (variable as IParameterSymbol)?.Type;
        foreach (Reference reference in model.ReferencesTo(variable))
        {
            if (!reference.IsWrite || !ReferenceEquals(reference.Body, start.Body))
            {
                continue;
            }

            if (loop is not null)
            {
                if (Operations.Contains(loop.Body, reference.Operation))
                {
                    return true;
                }
            }
            else if (model.Api.TypeOf(type) is ApiType.Chan or ApiType.Sender or ApiType.Receiver && reference.Position > start.Position
                && !Joins.Between(model, start.Body, start.Position, reference.Position) && !HasMet(model, variable, start, reference.Position))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells whether an operation on the channel follows the start: the goroutine is its other side and has then read the variable.</summary>
    private static bool HasMet(BlockModel model, ISymbol channel, ApiCall start, int until) => model.Calls.Any(call => (call.IsReceive || call.IsSend)
        && ReferenceEquals(call.Body, start.Body) && call.Position > start.Position && call.Position < until && Api.Same(call.Target?.Symbol, channel));
}
