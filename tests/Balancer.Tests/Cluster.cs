using System.Text;
using Goroutines;
using Goroutines.Net;

namespace Balancer.Tests;

/// <summary>Backends in memory, by address. What is dialled runs its handler at the other end of a pipe.</summary>
internal sealed class Cluster
{
    private readonly Dictionary<string, Func<Conn, ValueTask>?> _backends = [];

    /// <summary>Gets the addresses that were dialled, in order.</summary>
    internal List<string> Dialled { get; } = [];

    /// <summary>Gets the heads that backends have read, as they came.</summary>
    internal List<string> Heads { get; } = [];

    /// <summary>Sets what a backend does with a connection; <see langword="null"/>: it refuses.</summary>
    internal Cluster With(string address, Func<Conn, ValueTask>? handler)
    {
        _backends[address] = handler;
        return this;
    }

    /// <summary>Sets a backend that answers every request with the same bytes, and keeps the connection.</summary>
    internal Cluster Answers(string address, string answer) => With(address, async conn =>
    {
        while (await ReadHeadAsync(conn) is { Length: > 0 })
        {
            await conn.WriteAsync(Encoding.ASCII.GetBytes(answer));
        }
    });

    /// <summary>Reads a head byte by byte, so that nothing behind it is taken.</summary>
    internal async ValueTask<string> ReadHeadAsync(Conn conn)
    {
        string head = await Client.ReadUntilAsync(conn, "\r\n\r\n");
        if (head.Length > 0)
        {
            Heads.Add(head);
        }

        return head;
    }

    internal BalancerOptions Options(params string[] addresses) => new() { Backends = addresses, Dial = DialAsync };

    private async ValueTask<Conn> DialAsync(string address, CancellationToken cancellationToken)
    {
        await Go.Yield();
        Dialled.Add(address);
        if (_backends[address] is not { } handler)
        {
            throw new IOException("refused");
        }

        (Conn near, Conn far) = Conn.Pipe();
        Go.Spawn(async () =>
        {
            await using (far)
            {
                try
                {
                    await handler(far);
                }
                catch (Exception exception) when (exception is IOException or ObjectDisposedException)
                {
                    // The balancer closed the connection.
                }
            }
        });
        return near;
    }
}
