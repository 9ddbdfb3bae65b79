using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

public class ShortReadTests
{
    /// <summary>The first read finds something at once and empties the socket; nothing had to wait on it before.</summary>
    [Fact]
    public Task ReadAsync_AfterOneThatEmptiedTheSocketAtOnce_GetsWhatComesNext() => Isolated.GoAsync(static async () =>
    {
        using Listener listener = Listener.Listen("127.0.0.1:0");
        await using Conn client = await Conn.DialAsync(listener.LocalEndPoint.ToString()!);
        await client.WriteAsync("a"u8.ToArray());
        await using Conn server = await listener.AcceptAsync();
        byte[] buffer = new byte[8];
        Assert.Equal(1, await server.ReadAsync(buffer));
        Goroutine<int> reader = Go.Run(async () => await server.ReadAsync(buffer));
        await Go.Yield();
        await client.WriteAsync("bc"u8.ToArray());
        Assert.Equal(2, await reader);
        Assert.Equal("bc"u8, buffer.AsSpan(0, 2));
    });
}
