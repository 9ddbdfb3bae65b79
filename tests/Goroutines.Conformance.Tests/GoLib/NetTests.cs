using System.Net;
using System.Net.Sockets;
using System.Text;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.GoLib;

/// <summary>
/// go-lib's tests/net.rs. Where go-lib reads and writes by reference, or clones a stream for that, here several goroutines use one
/// connection: it is an object, and its two directions are independent.
/// </summary>
public class NetTests
{
    private const string AnyPort = "127.0.0.1:0";

    [Fact(DisplayName = "go: go-lib/tests/net.rs net_listener_local_addr")]
    public Task Listen_OnPortZero_GetsAPort() => Entry.RunAsync(static async () =>
    {
        await using Listener listener = Listener.Listen(AnyPort);
        IPEndPoint local = Assert.IsType<IPEndPoint>(listener.LocalEndPoint);
        Assert.Equal(IPAddress.Loopback, local.Address);
        Assert.NotEqual(0, local.Port);
    });

    [Fact(DisplayName = "go: go-lib/tests/net.rs net_read_write_mut_ref")]
    public Task ReadAndWrite_Asynchronous_Echo() => Entry.RunAsync(static async () =>
    {
        await using Listener listener = Listener.Listen(AnyPort);
        Goroutine server = Go.Run(async () =>
        {
            await using Conn conn = await listener.AcceptAsync();
            byte[] buffer = new byte[64];
            int count = await conn.ReadAsync(buffer);
            await conn.WriteAsync(buffer.AsMemory(0, count));
        });
        await using Conn client = await Conn.DialAsync(AddressOf(listener));
        await client.WriteAsync("hello"u8.ToArray());
        Assert.Equal("hello", await ReadText(client, 5));
        await server;
    });

    [Fact(DisplayName = "go: go-lib/tests/net.rs net_read_write_shared_ref")]
    public Task ReadAndWrite_Synchronous_Echo() => Entry.RunAsync(static async () =>
    {
        await using Listener listener = Listener.Listen(AnyPort);
        Goroutine server = Go.Run(() =>
        {
            using Conn conn = listener.Accept();
            byte[] buffer = new byte[64];
            int count = conn.Read(buffer);
            conn.Write(buffer.AsSpan(0, count));
        });
        Goroutine<string> client = Go.Run(() =>
        {
            using Conn conn = Conn.Dial(AddressOf(listener));
            conn.Write("shared"u8);
            byte[] answer = new byte[6];
            conn.ReadExactly(answer);
            return Encoding.ASCII.GetString(answer);
        });
        Assert.Equal("shared", await client);
        await server;
    });

    [Fact(DisplayName = "go: go-lib/tests/net.rs net_try_clone_split_halves")]
    public Task ReadAndWrite_OfOneConnectionInTwoStreams_Echo() => Entry.RunAsync(static async () =>
    {
        await using Listener listener = Listener.Listen(AnyPort);
        Goroutine server = Go.Run(async () =>
        {
            await using Conn conn = await listener.AcceptAsync();
            using var reader = new BufferedStream(conn);
            Stream writer = conn;
            byte[] buffer = new byte[64];
            int count = await reader.ReadAsync(buffer);
            await writer.WriteAsync(buffer.AsMemory(0, count));
        });
        await using Conn client = await Conn.DialAsync(AddressOf(listener));
        await client.WriteAsync("cloned"u8.ToArray());
        Assert.Equal("cloned", await ReadText(client, 6));
        await server;
    });

    [Fact(DisplayName = "go: go-lib/tests/net.rs net_try_clone_separate_goroutines")]
    public Task ReadAndWrite_InTwoGoroutines_Echo() => Entry.RunAsync(static async () =>
    {
        await using Listener listener = Listener.Listen(AnyPort);
        Goroutine server = Go.Run(async () =>
        {
            await using Conn conn = await listener.AcceptAsync();
            var relay = new Chan<byte[]>();
            Goroutine reader = Go.Run(async () =>
            {
                byte[] buffer = new byte[64];
                int count;
                while ((count = await conn.ReadAsync(buffer)) != 0)
                {
                    await relay.SendAsync(buffer[..count]);
                }

                relay.Close();
            });
            Goroutine writer = Go.Run(async () =>
            {
                await foreach (byte[] read in relay)
                {
                    await conn.WriteAsync(read);
                }
            });
            await reader;
            await writer;
        });
        await using Conn client = await Conn.DialAsync(AddressOf(listener));
        foreach (string word in (string[])["split", "in", "halves"])
        {
            await client.WriteAsync(Encoding.ASCII.GetBytes(word));
            Assert.Equal(word, await ReadText(client, word.Length));
        }

        client.CloseWrite();
        await server;
    });

    [Fact(DisplayName = "go: go-lib/tests/net.rs net_peer_and_local_addr")]
    public Task EndPoints_OfTheTwoEnds_AreEachOthers() => Entry.RunAsync(static async () =>
    {
        await using Listener listener = Listener.Listen(AnyPort);
        Goroutine<Conn> accepting = Go.Run(async () => await listener.AcceptAsync());
        await using Conn client = await Conn.DialAsync(AddressOf(listener));
        await using Conn server = await accepting;
        Assert.Equal(listener.LocalEndPoint, server.LocalEndPoint);
        Assert.Equal(listener.LocalEndPoint, client.RemoteEndPoint);
        Assert.Equal(client.LocalEndPoint, server.RemoteEndPoint);
        Assert.NotEqual(0, ((IPEndPoint)client.LocalEndPoint).Port);
    });

    [Fact(DisplayName = "go: go-lib/tests/net.rs net_bufreader_adapter")]
    public Task Lines_ThroughReadersAndWritersOfTheFramework_Arrive() => Entry.RunAsync(static async () =>
    {
        await using Listener listener = Listener.Listen(AnyPort);
        Goroutine server = Go.Run(async () =>
        {
            await using Conn conn = await listener.AcceptAsync();
            using var reader = new StreamReader(conn);
            Assert.Equal("ping", await reader.ReadLineAsync());
            await conn.WriteAsync("pong\n"u8.ToArray());
        });
        await using Conn client = await Conn.DialAsync(AddressOf(listener));
        await using var writer = new StreamWriter(client) { AutoFlush = true, NewLine = "\n" };
        await writer.WriteLineAsync("ping");
        using var answers = new StreamReader(client);
        Assert.Equal("pong", await answers.ReadLineAsync());
        await server;
    });

    [Fact(DisplayName = "go: go-lib/tests/net.rs net_concurrent_connections")]
    public Task Connections_SeveralAtOnce_EachGetsItsOwnEcho() => Entry.RunAsync(static async () =>
    {
        const int Clients = 8;
        await using Listener listener = Listener.Listen(AnyPort);
        var servers = new WaitGroup();
        Goroutine accepting = Go.Run(async () =>
        {
            for (int i = 0; i < Clients; i++)
            {
                Conn conn = await listener.AcceptAsync();
                servers.Spawn(() => EchoFour(conn));
            }
        });
        await ExchangeWith([.. Enumerable.Repeat(AddressOf(listener), Clients)]);
        await accepting;
        await servers.WaitAsync();
    });

    [Fact(DisplayName = "go: go-lib/tests/net.rs net_large_payload")]
    public Task Payload_LargerThanTheBuffersOfTheSystem_ArrivesWhole() => Entry.RunAsync(static async () =>
    {
        byte[] payload = [.. Enumerable.Range(0, 128 * 1024).Select(static i => (byte)(i % 251))];
        await using Listener listener = Listener.Listen(AnyPort);
        Goroutine server = Go.Run(async () =>
        {
            await using Conn conn = await listener.AcceptAsync();
            await conn.WriteAsync(await ReadExactly(conn, payload.Length));
        });
        await using Conn client = await Conn.DialAsync(AddressOf(listener));
        await client.WriteAsync(payload);
        byte[] echo = await ReadExactly(client, payload.Length);
        Assert.True(payload.AsSpan().SequenceEqual(echo), "The payload came back changed.");
        await server;
    });

    [Fact(DisplayName = "go: go-lib/tests/net.rs net_connect_hostname_does_not_overflow_stack")]
    public async Task Dial_UnknownHost_OnASmallStack_Fails()
    {
        const string Unknown = "goroutines-nonexistent-host.invalid:80"; // RFC 6761: never resolved
        var options = new GoRuntimeOptions { StackSize = 128 * 1024 };
        await Isolated.RunAsync(runtime => runtime.Run(static () => AssertFails(Record.Exception(static () => { Conn.Dial(Unknown); }))).JoinAsync().AsTask(), options);
        await Isolated.GoAsync(static async () => AssertFails(await Record.ExceptionAsync(static async () => await Conn.DialAsync(Unknown))), options);

        static void AssertFails(Exception? exception) => Assert.IsType<SocketException>(Assert.IsType<IOException>(exception).InnerException);
    }

    [Fact(DisplayName = "go: go-lib/tests/net.rs net_leaked_select_dispatch_servers")]
    public Task Servers_ThatDispatchWithSelect_CanBeLeftRunning() => WithServers(static listener =>
    {
        var conns = new Chan<Conn>(8);
        var shutdown = new Chan<Unit>(1);
        Go.Spawn(async () =>
        {
            while (true)
            {
                await conns.SendAsync(await listener.AcceptAsync());
            }
        });
        Go.Spawn(async () =>
        {
            var select = new Select();
            select.Receive(shutdown);
            ReceiveCase<Conn> conn = select.Receive(conns);
            while (await select.WaitAsync() == conn.Index && conn.Ok)
            {
                Conn accepted = conn.Value;
                Go.Spawn(() => EchoFour(accepted));
            }
        });
    });

    [Fact(DisplayName = "go: go-lib/tests/net.rs net_leaked_forever_accept")]
    public Task Servers_ThatAcceptForEver_CanBeLeftRunning() => WithServers(static listener => Go.Spawn(async () =>
    {
        while (true)
        {
            Conn conn = await listener.AcceptAsync();
            Go.Spawn(() => EchoFour(conn));
        }
    }));

    /// <summary>Starts eight servers and has clients use them. The runtime ends with the servers still waiting.</summary>
    private static async Task WithServers(Action<Listener> serve)
    {
        Listener[] listeners = [];
        await Entry.RunAsync(async () =>
        {
            listeners = [.. Enumerable.Range(0, 8).Select(static _ => Listener.Listen(AnyPort))];
            Array.ForEach(listeners, serve);
            await ExchangeWith([.. listeners.Select(AddressOf)]);
        });
        Array.ForEach(listeners, static listener => listener.Dispose());
    }

    private static string AddressOf(Listener listener) => listener.LocalEndPoint.ToString()!;

    private static async ValueTask<byte[]> ReadExactly(Conn conn, int count)
    {
        byte[] bytes = new byte[count];
        await conn.ReadExactlyAsync(bytes);
        return bytes;
    }

    private static async ValueTask<string> ReadText(Conn conn, int count) => Encoding.ASCII.GetString(await ReadExactly(conn, count));

    /// <summary>Gives four bytes back, reading them one by one, and closes.</summary>
    private static async ValueTask EchoFour(Conn conn)
    {
        await using (conn)
        {
            byte[] bytes = new byte[4];
            for (int i = 0; i < bytes.Length; i++)
            {
                await conn.ReadExactlyAsync(bytes, i, 1);
            }

            await conn.WriteAsync(bytes);
        }
    }

    /// <summary>Has a client at each address send its number and get it back, all at the same time.</summary>
    private static async ValueTask ExchangeWith(string[] addresses)
    {
        var clients = new ErrGroup();
        for (int i = 0; i < addresses.Length; i++)
        {
            byte number = (byte)i;
            clients.Spawn(async () =>
            {
                await using Conn conn = await Conn.DialAsync(addresses[number]);
                byte[] tag = [number, number, number, number];
                await conn.WriteAsync(tag);
                Assert.Equal(tag, await ReadExactly(conn, tag.Length));
            });
        }

        await clients.WaitAsync();
    }
}
