using System.Globalization;
using Goroutines.Context;
using Goroutines.Runtime;
using Goroutines.Signals;

namespace Goroutines;

/// <summary>A context that its holder can cancel (the context and the cancel function that Go's <c>context.WithCancel</c> and similar functions return).</summary>
/// <remarks>Created by <see cref="GoContext.WithCancel"/>, <see cref="GoContext.WithTimeout"/> and
/// <see cref="GoContext.WithDeadline(DateTimeOffset, Exception?, GoRuntime?)"/>. Thread-safe.</remarks>
public sealed class CancelContext : GoContext, IDisposable
{
    private readonly CancelNode _node;

    internal CancelContext(GoContext parent, CancelNode node)
        : base(parent, node) => _node = node;

    private protected override string Step => _node switch
    {
        DeadlineNode node => string.Create(CultureInfo.InvariantCulture, $".WithDeadline({node.Deadline:O} [{node.Remaining}])"),
        SignalNode node => $".WithSignals({node.Signals})",
        _ => ".WithCancel",
    };

    /// <summary>Ends the context and all contexts that were derived from it. Does nothing if the context has already ended.</summary>
    /// <remarks>When it returns, each of these contexts has its <see cref="GoContext.Err"/> set and its <see cref="GoContext.Done"/> closed,
    /// and the callbacks registered with their tokens have run on this thread. (If another thread cancelled first, it may still be
    /// running them.) Bodies of <see cref="GoContext.AfterFunc(Func{ValueTask}, GoRuntime?)"/> have been started as goroutines.</remarks>
    /// <exception cref="AggregateException">Callbacks registered with tokens threw; everything was cancelled nevertheless.</exception>
    public void Cancel() => Cancel(null);

    /// <summary>Does the same as <see cref="Cancel()"/>, and sets <see cref="GoContext.Cause"/>.</summary>
    /// <param name="cause">The cause; <see langword="null"/> for none, as in Go.</param>
    /// <exception cref="AggregateException">Callbacks registered with tokens threw; everything was cancelled nevertheless.</exception>
    public void Cancel(Exception? cause)
    {
        OperationHooks.Observe("cancel", this);

        if (_node.Err is null)
        {
            _node.Cancel(CancelSource.Canceled(), cause);
        }
    }

    /// <summary>Ends the context, as <see cref="Cancel()"/> does. The context stays usable as an ended context.</summary>
    public void Dispose() => Cancel();
}
