using System.Globalization;
using Goroutines.Context;
using Goroutines.Runtime;
using Goroutines.Signals;

namespace Goroutines;

/// <summary>A context that its holder can cancel (what Go's <c>context.WithCancel</c> and its like return, with the cancel function in it).</summary>
/// <remarks>Made by <see cref="GoContext.WithCancel"/>, <see cref="GoContext.WithTimeout"/> and
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

    /// <summary>Ends the context and all that were derived from it. Once it has ended this does nothing.</summary>
    /// <remarks>When it returns, each of them has its <see cref="GoContext.Err"/> and its <see cref="GoContext.Done"/> closed, and
    /// callbacks registered with their tokens have run, on this thread. (If another thread was faster, that one may still be
    /// at it.) Bodies of <see cref="GoContext.AfterFunc(Func{ValueTask}, GoRuntime?)"/> have been started as goroutines.</remarks>
    /// <exception cref="AggregateException">Callbacks registered with tokens threw; all the same everything was cancelled.</exception>
    public void Cancel() => Cancel(null);

    /// <summary>As <see cref="Cancel()"/>, with a cause to be found in <see cref="GoContext.Cause"/>.</summary>
    /// <param name="cause">The cause; <see langword="null"/>: none, as in Go.</param>
    /// <exception cref="AggregateException">Callbacks registered with tokens threw; all the same everything was cancelled.</exception>
    public void Cancel(Exception? cause)
    {
        OperationHooks.Observe("cancel", this);

        if (_node.Err is null)
        {
            _node.Cancel(CancelSource.Canceled(), cause);
        }
    }

    /// <summary>Ends the context, as <see cref="Cancel()"/>. It stays usable, as one that has ended.</summary>
    public void Dispose() => Cancel();
}
