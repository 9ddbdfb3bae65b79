using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Model;

/// <summary>A stretch of one function's text in which a lock of the library is held.</summary>
internal sealed class HeldLock(ApiCall acquire, Place place, int start, int end)
{
    public ApiCall Acquire { get; } = acquire;

    public Place Place { get; } = place;

    public Body Body => Acquire.Body;

    public bool Covers(IOperation operation) => operation.Syntax.SpanStart >= start && operation.Syntax.Span.End <= end
        && operation.Syntax.SyntaxTree == Acquire.Operation.Syntax.SyntaxTree;

    /// <summary>Returns the stretches in which a member holds locks. A lock taken on one branch counts only to the end of that branch's block.</summary>
    public static IEnumerable<HeldLock> In(BlockModel model)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (!call.IsAcquire || call.Target is not { } place || Operations.StatementOf(call.Operation) is not { Parent: { } block } statement)
            {
                continue;
            }

            if (statement is IUsingOperation @using && Operations.Contains(@using.Resources, call.Operation))
            {
                yield return new HeldLock(call, place, @using.Body.Syntax.SpanStart, @using.Body.Syntax.Span.End);
            }
            else if (statement is IUsingDeclarationOperation)
            {
                yield return new HeldLock(call, place, statement.Syntax.Span.End, block.Syntax.Span.End);
            }
            else if (model.IsDropped(call.Operation) || (HolderOf(call) is { } holder && !IsHandedOver(model, call, holder)))
            {
                yield return new HeldLock(call, place, statement.Syntax.Span.End, FirstRelease(model, call, place, statement) ?? block.Syntax.Span.End);
            }
        }
    }

    /// <summary>Returns the variable that a lock's holder is kept in.</summary>
    public static ILocalSymbol? HolderOf(ApiCall acquire) => Operations.ResultConsumer(acquire.Operation) switch
    {
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => declarator.Symbol,
        ISimpleAssignmentOperation { Target: ILocalReferenceOperation local } => local.Local,
        _ => null,
    };

    /// <summary>Tells whether another function uses the holder. That function decides when the lock is released.</summary>
    private static bool IsHandedOver(BlockModel model, ApiCall acquire, ILocalSymbol holder) =>
        model.ReferencesTo(holder).Any(reference => !ReferenceEquals(reference.Body, acquire.Body));

    private static int? FirstRelease(BlockModel model, ApiCall acquire, Place place, IOperation statement)
    {
        ILocalSymbol? holder = HolderOf(acquire);
        int? first = null;
        foreach (ApiCall call in model.Calls)
        {
            bool releases = call.Type == ApiType.GoCond && call.Waits || (call.IsRelease && place.Equals(call.Target))
                || (call.Is(ApiType.Holder, "Dispose") && holder is not null && Api.Same(call.Target?.Symbol, holder));
            if (releases && ReferenceEquals(call.Body, acquire.Body) && call.Position > statement.Syntax.Span.End && (first is null || call.Position < first))
            {
                first = call.Operation.Syntax.SpanStart;
            }
        }

        return first;
    }
}
