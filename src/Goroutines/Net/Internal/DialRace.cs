using System.Net;
using System.Net.Sockets;

namespace Goroutines.Net;

/// <summary>Connects to one of several addresses (net/dial.go: <c>sysDialer.dialParallel</c>; RFC 8305, happy eyeballs).</summary>
/// <remarks>
/// The addresses of the family that the resolver put first are tried one after another. So are those of the other family, after
/// <see cref="DialOptions.FallbackDelay"/>, or at once when all of the first have failed. The first connection wins; the rest is
/// given up.
/// <para>Everything runs in the dialing goroutine, whose flows never run in parallel. The outcome of an attempt is a value, not a failed
/// task, since the exceptions of the losers would never be observed.</para>
/// </remarks>
internal sealed class DialRace(DialOptions options, NetBackend backend, DialTime time)
{
    /// <summary>How often to repeat an attempt that connected to itself or found no port, as in Go.</summary>
    private const int Repeats = 2;

    /// <exception cref="IOException">No connection could be made.</exception>
    /// <exception cref="OperationCanceledException">The dial was cancelled first.</exception>
    internal async ValueTask<NetSocket> DialAsync(string text, NetAddress address, CancellationToken cancellationToken)
    {
        EndPoint[] addresses;
        try
        {
            addresses = await address.ToRemoteAsync(options.Resolver ?? Resolver.System.ResolveAsync, cancellationToken);
        }
        catch (SocketException exception)
        {
            throw new IOException($"dial {text}: {exception.Message}", exception);
        }

        if (addresses.Length == 0)
        {
            throw new IOException($"dial {text}: the name has no address", new SocketException((int)SocketError.NoData));
        }

        if (options.Local?.ToBind() is { } local)
        {
            // An address without a host stands for any address of the family that is dialed.
            addresses = [.. addresses.Where(remote => IsFor(local, remote))];
            if (addresses.Length == 0)
            {
                throw new IOException(
                    $"dial {text}: no address is of the family of the local address {options.LocalAddress}", new SocketException((int)SocketError.AddressFamilyNotSupported));
            }
        }

        return await DialAsync(addresses, cancellationToken);
    }

    /// <inheritdoc cref="DialAsync(string, NetAddress, CancellationToken)"/>
    internal async ValueTask<NetSocket> DialAsync(EndPoint[] addresses, CancellationToken cancellationToken)
    {
        AddressFamily first = addresses[0].AddressFamily;
        EndPoint[] fallbacks = options.FallbackDelay == Timeout.InfiniteTimeSpan ? [] : [.. addresses.Where(address => address.AddressFamily != first)];
        Attempt attempt = fallbacks.Length == 0
            ? await InOrderAsync(addresses, cancellationToken)
            : await InParallelAsync([.. addresses.Where(address => address.AddressFamily == first)], fallbacks, cancellationToken);
        if (attempt.Socket is null && attempt.Failure is null or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested(); // even if an attempt failed before
        }

        return attempt.Socket ?? throw attempt.Failure!;
    }

    private async ValueTask<Attempt> InParallelAsync(EndPoint[] primaries, EndPoint[] fallbacks, CancellationToken cancellationToken)
    {
        using CancelContext losers = GoContext.From(cancellationToken).WithCancel();
        using CancelContext waiting = losers.WithCancel();
        Task<Attempt> primary = InOrderAsync(primaries, losers.Token).AsTask();
        Task delay = GoRuntime.Current.SleepAsync(options.FallbackDelay, waiting.Token).AsTask();
        await Task.WhenAny(primary, delay);
        waiting.Cancel();
        if (primary.IsCompleted && ((await primary).Socket is not null || cancellationToken.IsCancellationRequested))
        {
            return await primary;
        }

        Task<Attempt> fallback = InOrderAsync(fallbacks, losers.Token).AsTask();
        Task<Attempt> winner = await Task.WhenAny(primary, fallback);
        Task<Attempt> other = ReferenceEquals(winner, primary) ? fallback : primary;
        if ((await winner).Socket is null)
        {
            // If the other family fails too, the failure of the first family is reported.
            return (await other).Socket is not null ? await other : await primary;
        }

        losers.Cancel();
        (await other).Socket?.Dispose();
        return await winner;
    }

    /// <summary>Tries one address after another. Never throws.</summary>
    private async ValueTask<Attempt> InOrderAsync(EndPoint[] addresses, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        for (int i = 0; i < addresses.Length && !cancellationToken.IsCancellationRequested; i++)
        {
            try
            {
                return new Attempt(await ConnectAsync(addresses[i], time.NextDeadline(addresses.Length - i), cancellationToken), null);
            }
            catch (IOException exception)
            {
                failure ??= exception; // as in Go, the first failure is reported
            }
            catch (SocketException exception)
            {
                failure ??= new IOException($"dial {addresses[i]}: {exception.Message}", exception);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // An outcome without a failure means cancelled.
            }
            catch (Exception exception)
            {
                return new Attempt(null, exception); // from a callback of the options
            }
        }

        return new Attempt(null, cancellationToken.IsCancellationRequested ? null : failure);
    }

    /// <summary>Makes one attempt, and repeats it if the socket connected to itself (net/tcpsock_posix.go: <c>selfConnect</c>): when no
    /// socket listens on the dialed port of this machine, the system may choose that port as the caller's own, and TCP then connects the
    /// socket to itself. Also repeats it if the system was out of ports for a moment.</summary>
    private async ValueTask<NetSocket> ConnectAsync(EndPoint remote, DateTimeOffset? deadline, CancellationToken cancellationToken)
    {
        for (int i = 0; ; i++)
        {
            NetSocket socket = backend.Wrap(Sockets.OpenFrom(options.Local, remote, SocketType.Stream, options.ApplyTo), nameof(Conn));
            try
            {
                if (deadline is not null)
                {
                    socket.WriteDeadline = deadline;
                }

                await socket.ConnectAsync(remote, cancellationToken);
                if (deadline is not null)
                {
                    socket.WriteDeadline = null;
                }

                if (remote is not IPEndPoint || HasOwnPort || !Equals(socket.LocalEndPoint, socket.RemoteEndPoint))
                {
                    return socket;
                }

                socket.Use(static own => own.LingerState = new LingerOption(true, 0)); // frees the port at once
                socket.Dispose();
                if (i == Repeats)
                {
                    throw socket.Failed("dial", SocketError.ConnectionRefused);
                }
            }
            catch (IOException exception)
            {
                socket.Dispose();
                if (i == Repeats || HasOwnPort || remote is not IPEndPoint || exception.InnerException is not SocketException { SocketErrorCode: SocketError.AddressNotAvailable })
                {
                    throw;
                }
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    /// <summary>Whether the caller has chosen the port that it dials from, and so may intend to connect to itself.</summary>
    private bool HasOwnPort => options.Local is { Port: not 0 };

    private static bool IsFor(EndPoint local, EndPoint remote)
        => local.AddressFamily == remote.AddressFamily || (local is IPEndPoint ip && ip.Address.Equals(IPAddress.Any) && remote is IPEndPoint);

    /// <summary>The outcome of attempts: a connection, a failure, or, if they were cancelled, neither.</summary>
    private readonly record struct Attempt(NetSocket? Socket, Exception? Failure);
}
