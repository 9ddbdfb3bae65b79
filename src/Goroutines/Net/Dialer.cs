using System.Net;
using System.Net.Sockets;

namespace Goroutines.Net;

/// <summary>Connecting to one of several addresses (net/dial.go: <c>sysDialer.dialParallel</c>; RFC 8305, happy eyeballs).</summary>
/// <remarks>
/// The addresses of the family that the resolver put first are tried one after the other; those of the other family too, from
/// 300 ms later on, or at once when all of the first have failed. The first connection wins, and the others are given up.
/// </remarks>
internal static class Dialer
{
    private static readonly TimeSpan s_fallbackDelay = TimeSpan.FromMilliseconds(300);

    internal static async ValueTask<NetSocket> DialAsync(NetBackend backend, EndPoint[] addresses, CancellationToken cancellationToken)
    {
        AddressFamily first = addresses[0].AddressFamily;
        EndPoint[] primaries = [.. addresses.Where(address => address.AddressFamily == first)];
        EndPoint[] fallbacks = [.. addresses.Where(address => address.AddressFamily != first)];
        return fallbacks.Length == 0
            ? await InOrderAsync(backend, primaries, cancellationToken).ConfigureAwait(false)
            : await InParallelAsync(backend, primaries, fallbacks, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<NetSocket> InParallelAsync(NetBackend backend, EndPoint[] primaries, EndPoint[] fallbacks, CancellationToken cancellationToken)
    {
        GoRuntime runtime = GoRuntime.Current;
        using CancellationTokenSource losers = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using CancellationTokenSource waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<NetSocket> primary = InOrderAsync(backend, primaries, losers.Token).AsTask();
        Task delay = runtime.SleepAsync(s_fallbackDelay, waiting.Token).AsTask();
        await Task.WhenAny(primary, delay).ConfigureAwait(false);
        await waiting.CancelAsync().ConfigureAwait(false);
        await delay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (primary.IsCompletedSuccessfully || cancellationToken.IsCancellationRequested)
        {
            return await primary.ConfigureAwait(false);
        }

        Task<NetSocket> fallback = InOrderAsync(backend, fallbacks, losers.Token).AsTask();
        Task<NetSocket> winner = await Task.WhenAny(primary, fallback).ConfigureAwait(false);
        Task<NetSocket> other = ReferenceEquals(winner, primary) ? fallback : primary;
        if (!winner.IsCompletedSuccessfully)
        {
            // The last hope; when it fails, too, the family that came first has the word.
            await ((Task)other).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await (other.IsCompletedSuccessfully ? other : primary).ConfigureAwait(false);
        }

        await losers.CancelAsync().ConfigureAwait(false);
        await ((Task)other).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (other.IsCompletedSuccessfully)
        {
            (await other.ConfigureAwait(false)).Dispose();
        }

        return await winner.ConfigureAwait(false);
    }

    private static async ValueTask<NetSocket> InOrderAsync(NetBackend backend, EndPoint[] addresses, CancellationToken cancellationToken)
    {
        IOException? failure = null;
        foreach (EndPoint address in addresses)
        {
            cancellationToken.ThrowIfCancellationRequested();
            NetSocket? socket = null;
            try
            {
                socket = backend.Wrap(Sockets.Open(address, SocketType.Stream), nameof(Conn));
                await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
                return socket;
            }
            catch (IOException exception)
            {
                socket?.Dispose();
                failure ??= exception; // as in Go, the first is told
            }
            catch (SocketException exception)
            {
                failure ??= new IOException($"dial {address}: {exception.Message}", exception);
            }
            catch
            {
                socket?.Dispose();
                throw;
            }
        }

        throw failure!;
    }
}
