using System.Net.Sockets;
using Goroutines.Runtime;

namespace Goroutines.Net;

/// <summary>Connects with options (Go's <c>net.Dialer</c>). <see cref="Conn.DialAsync(string, CancellationToken)"/> uses a dialer with the default options.</summary>
/// <remarks>A dialer is immutable, so any number of goroutines may use it at the same time. A dial needs no thread of the framework's pool, not even outside of
/// goroutines.</remarks>
public sealed class Dialer
{
    private readonly DialOptions _options;
    private readonly NetBackend? _backend;

    /// <summary>Creates a dialer.</summary>
    /// <param name="options">The options; <see langword="null"/> for the default options.</param>
    public Dialer(DialOptions? options = null)
        : this(options ?? DialOptions.Default, null)
    {
    }

    internal Dialer(DialOptions options, NetBackend? backend)
    {
        _options = options;
        _backend = backend;
    }

    /// <summary>Connects (Go's <c>Dialer.DialContext</c>).</summary>
    /// <param name="address">As for <see cref="Conn.DialAsync(string, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns>The connection. The caller has to dispose it. Await the task once.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="address"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not a valid address.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; it is the exception's token. Nothing is left of
    /// the attempt.</exception>
    /// <exception cref="IOException">The connection could not be made: it was refused, or the address is unreachable, or the name does not exist (inner
    /// exception: <see cref="SocketException"/>), or past the
    /// <see cref="DialOptions.Timeout"/> (inner exception: <see cref="TimeoutException"/>).</exception>
    public ValueTask<Conn> DialAsync(string address, CancellationToken cancellationToken = default)
        => Start(address, NetAddress.Parse(address), null, cancellationToken); // an invalid address fails at once

    /// <summary>Connects (Go's <c>Dialer.DialContext</c>). The time until the context's deadline is divided as <see cref="DialOptions.Timeout"/> is.</summary>
    /// <param name="address">As for <see cref="Conn.DialAsync(string, CancellationToken)"/>.</param>
    /// <param name="context">Cancels the attempt when it ends; <see langword="null"/> for none.</param>
    /// <returns>As for <see cref="DialAsync(string, CancellationToken)"/>.</returns>
    /// <exception cref="ArgumentNullException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    /// <exception cref="ArgumentException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="context"/> ended first, by cancellation or by its deadline; nothing is left of the attempt.</exception>
    /// <exception cref="IOException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    public ValueTask<Conn> DialAsync(string address, GoContext? context)
        => Start(address, NetAddress.Parse(address), context?.Deadline, context?.Token ?? default);

    /// <summary>Connects. A goroutine with its own stack parks; any other caller blocks its thread.</summary>
    /// <param name="address">As for <see cref="DialAsync(string, CancellationToken)"/>.</param>
    /// <returns>As for <see cref="DialAsync(string, CancellationToken)"/>.</returns>
    /// <exception cref="ArgumentNullException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    /// <exception cref="ArgumentException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">As for <see cref="DialAsync(string, CancellationToken)"/>.</exception>
    public Conn Dial(string address)
    {
        NetAddress parsed = NetAddress.Parse(address);
        return ThreadWait.Wait(InGoroutine(address, parsed, null, CancellationToken.None));
    }

    private NetBackend Backend => _backend ?? NetBackend.Default;

    private ValueTask<Conn> Start(string text, NetAddress address, DateTimeOffset? deadline, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<Conn>(cancellationToken);
        }

        return M.Current is { CurrentG: not null }
            ? DialHereAsync(text, address, deadline, cancellationToken)
            : InGoroutine(text, address, deadline, cancellationToken);
    }

    /// <summary>Dials in a new goroutine: for callers that are not goroutines, and for callers whose thread is about to block. The steps of the
    /// dial then never wait for a thread of the pool, nor for the thread that waits for the dial.</summary>
    private ValueTask<Conn> InGoroutine(string text, NetAddress address, DateTimeOffset? deadline, CancellationToken cancellationToken)
    {
        Func<ValueTask<Conn>> body = () => DialHereAsync(text, address, deadline, cancellationToken);
        GoRuntime runtime = GoRuntime.Current;
        try
        {
            return runtime.Run(body).JoinAsync(CancellationToken.None);
        }
        catch (ObjectDisposedException) when (!ReferenceEquals(runtime, GoRuntime.Default))
        {
            return GoRuntime.Default.Run(body).JoinAsync(CancellationToken.None); // this runtime accepts no more goroutines, but its remaining ones may still dial
        }
    }

    /// <summary>Dials in the calling goroutine.</summary>
    private async ValueTask<Conn> DialHereAsync(string text, NetAddress address, DateTimeOffset? deadline, CancellationToken cancellationToken)
    {
        DialTime time = DialTime.Until(_options.Timeout, deadline);
        using CancelContext? limit = _options.Timeout == Timeout.InfiniteTimeSpan ? null : GoContext.From(cancellationToken).WithTimeout(_options.Timeout);
        try
        {
            return new Conn(await new DialRace(_options, Backend, time).DialAsync(text, address, limit?.Token ?? cancellationToken));
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The dial was cancelled.", exception, cancellationToken);
        }
        catch (OperationCanceledException) when (limit?.Err is not null)
        {
            throw new IOException($"dial {text}: i/o timeout: not connected within {_options.Timeout}.", new TimeoutException($"i/o timeout: not connected within {_options.Timeout}."));
        }
    }
}
