using System.Text;
using Goroutines;
using Goroutines.Net;

namespace Balancer.Tests;

/// <summary>A client of the proxy, over a connection in memory.</summary>
internal sealed class Client : IDisposable
{
    private readonly CancelContext _closing = GoContext.Background.WithCancel();

    internal Client(BackendPool pool, bool isTcp = false)
    {
        (Conn, Conn far) = Conn.Pipe();
        Serving = Go.Run(async () =>
        {
            await using (far)
            {
                await (isTcp ? new TcpProxy(pool).HandleAsync(far, CancellationToken.None) : new HttpProxy(pool, _closing).HandleAsync(far, CancellationToken.None));
            }
        });
    }

    internal Conn Conn { get; }

    internal Goroutine Serving { get; }

    internal static async ValueTask<string> ReadUntilAsync(Conn conn, string end)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal) && await conn.ReadAsync(one) > 0)
        {
            text.Append((char)one[0]);
        }

        return text.ToString();
    }

    // By hand: a StreamReader's task is none that virtual time knows.
    internal static async ValueTask<string> ReadToEndAsync(Conn conn)
    {
        var text = new StringBuilder();
        var buffer = new byte[256];
        while (await conn.ReadAsync(buffer) is var read and > 0)
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    internal ValueTask SendAsync(string bytes) => Conn.WriteAsync(Encoding.Latin1.GetBytes(bytes));

    internal async ValueTask ExpectAsync(string bytes)
    {
        string got = "";
        var one = new byte[1];
        while (got.Length < bytes.Length && await Conn.ReadAsync(one) > 0)
        {
            got += (char)one[0];
        }

        Assert.Equal(bytes, got);
    }

    internal ValueTask<string> RestAsync() => ReadToEndAsync(Conn);

    internal async ValueTask<string> AskAsync(string request)
    {
        await SendAsync(request);
        return (await ReadUntilAsync(Conn, "\r\n\r\n")).Split("\r\n")[0];
    }

    internal void Drain() => _closing.Cancel();

    public void Dispose()
    {
        Conn.Dispose();
        _closing.Dispose();
    }
}
