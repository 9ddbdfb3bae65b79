using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Goroutines.Channels;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>Receives only the value, where the end of the channel is an error (Go's <c>v := &lt;-ch</c>).</summary>
public sealed partial class Chan<T>
{
    /// <summary>Receives the next value, and waits until there is one (Go's <c>v := &lt;-ch</c>).</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The value. Await it once.</returns>
    /// <remarks>Unlike in Go, a channel that is closed and drained does not yield the default value. Where the end of the channel is
    /// expected, use <see cref="ReceiveAsync"/>.</remarks>
    /// <exception cref="ChannelClosedException">The channel is closed and drained, or is closed while the receive waits.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; no value was consumed.</exception>
    public ValueTask<T> TakeAsync(CancellationToken cancellationToken = default)
    {
        if (OperationHooks.BeforeOperation("receive", this))
        {
            return OperationHooks.Defer(this, cancellationToken, static (channel, token) => channel.TakeAsync(token));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        Waiter<T>? waiter = BeginReceive(cancellationToken, out Received<T> received);
        return waiter is not null ? new ValueTask<T>(waiter, waiter.Version)
            : received.Ok ? new ValueTask<T>(received.Value)
            : ValueTask.FromException<T>(TakeFromClosed());
    }

    /// <summary>Receives the next value, and blocks the caller until there is one.</summary>
    /// <returns>The value.</returns>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine, the
    /// wait is a blocking region, so other goroutines keep running at the cost of that thread.</remarks>
    /// <exception cref="ChannelClosedException">The channel is closed and drained, or is closed while the receive waits.</exception>
    public T Take() => ThreadWait.Synchronously.Wait(TakeAsync());

    /// <summary>Receives a value if it can do so without waiting.</summary>
    /// <param name="value">The value; the default if there was none.</param>
    /// <returns>true if a value was received; false if the receive would have to wait, or the channel is closed and drained. The loop
    /// <c>while (ch.TryTake(out var value))</c> therefore ends.</returns>
    public bool TryTake([MaybeNullWhen(false)] out T value)
    {
        bool taken = TryReceive(out Received<T> received) && received.Ok;
        value = received.Value;
        return taken;
    }

    /// <summary>Returns the exception of a take on a channel that has no value and never will.</summary>
    internal Exception TakeFromClosed()
        => Failure is { } failure ? failure : _observers?.Error is { } error ? new ChannelClosedException("receive from closed channel", error) : new ChannelClosedException("receive from closed channel");
}
