using Goroutines.Net;
using Goroutines.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Who may use a connection: goroutines of either kind, tasks, threads, and goroutines of another runtime.</summary>
public abstract class ConnCallersContract : NetContract
{
    private async Task EchoAsync(Listener listener, int connections)
    {
        for (int i = 0; i < connections; i++)
        {
            Conn conn = await listener.AcceptAsync();
            Go.Spawn(async () =>
            {
                await using (conn)
                {
                    await conn.CopyToAsync(conn);
                }
            });
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public Task Goroutines_ManyConnections_AllGetTheirOwnBack(int procs) => Isolated.GoAsync(procs, async () =>
    {
        const int Connections = 50;
        int rounds = Load.Times(20);
        using Listener listener = Listen();
        Goroutine server = Go.Run(() => EchoAsync(listener, Connections));
        Goroutine[] clients = [.. Enumerable.Range(0, Connections).Select(client => Go.Run(async () =>
        {
            using Conn conn = await DialAsync(listener);
            byte[] sent = new byte[100 + client];
            byte[] got = new byte[sent.Length];
            for (int round = 0; round < rounds; round++)
            {
                sent.AsSpan().Fill((byte)(client + round));
                await conn.WriteAsync(sent);
                await conn.ReadExactlyAsync(got);
                Assert.Equal(sent, got);
            }
        }))];
        foreach (Goroutine client in clients)
        {
            await client;
        }

        await server;
    });

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public Task StackfulGoroutines_SynchronousCalls_Park(int procs) => Isolated.GoAsync(procs, async () =>
    {
        const int Connections = 10;
        int rounds = Load.Times(20);
        using Listener listener = Listen();
        string address = AddressOf(listener.LocalEndPoint);
        Goroutine server = Go.Run(() =>
        {
            for (int i = 0; i < Connections; i++)
            {
                Conn conn = listener.Accept();
                Go.Spawn(() =>
                {
                    using (conn)
                    {
                        byte[] buffer = new byte[64];
                        int got;
                        while ((got = conn.Read(buffer)) != 0)
                        {
                            conn.Write(buffer, 0, got);
                        }
                    }
                });
            }
        });
        Goroutine[] clients = [.. Enumerable.Range(0, Connections).Select(client => Go.Run(() =>
        {
            using Conn conn = Conn.Dial(address, Backend);
            for (int round = 0; round < rounds; round++)
            {
                conn.WriteByte((byte)(client + round));
                Assert.Equal((byte)(client + round), conn.ReadByte());
            }
        }))];
        foreach (Goroutine client in clients)
        {
            await client;
        }

        await server;
    });

    [Fact]
    public async Task PlainThreads_SynchronousCalls_Block()
    {
        using Listener listener = Listen();
        string address = AddressOf(listener.LocalEndPoint);
        Task server = PlainThread.Run(() =>
        {
            using Conn conn = listener.Accept();
            conn.CopyTo(conn);
        });
        Task client = PlainThread.Run(() =>
        {
            using Conn conn = Conn.Dial(address, Backend);
            for (int i = 0; i < 50; i++)
            {
                conn.WriteByte((byte)i);
                Assert.Equal(i, conn.ReadByte());
            }
        });
        await Task.WhenAll(client, server).WaitAsync(Limits.Wait);
    }

    [Fact]
    public Task TwoRuntimes_OneConnection_EachResumesAtHome() => Isolated.RunAsync(1, one => Isolated.RunAsync(2, async other =>
    {
        using ConnPair pair = await PairAsync();
        Goroutine reader = one.Run(async () =>
        {
            byte[] buffer = new byte[1];
            for (int i = 0; i < 100; i++)
            {
                Assert.Equal(1, await pair.Server.ReadAsync(buffer));
                Assert.Same(one, GoRuntime.Current);
                Assert.Equal(i, buffer[0]);
                await pair.Server.WriteAsync(buffer);
            }
        });
        Goroutine writer = other.Run(async () =>
        {
            byte[] buffer = new byte[1];
            for (int i = 0; i < 100; i++)
            {
                buffer[0] = (byte)i;
                await pair.Client.WriteAsync(buffer);
                Assert.Equal(1, await pair.Client.ReadAsync(buffer));
                Assert.Same(other, GoRuntime.Current);
            }
        });
        await writer;
        await reader;

        // And both on the same end.
        Goroutine<int>[] readers = [one.Run(async () => await pair.Server.ReadAsync(new byte[1])), other.Run(async () => await pair.Server.ReadAsync(new byte[1]))];
        await pair.Client.WriteAsync(new byte[2]);
        Assert.Equal(2, await readers[0] + await readers[1]);
    }));

    [Fact]
    public async Task RuntimeStopped_ItsConnections_GoOnElsewhere()
    {
        Conn? client = null;
        Conn? server = null;
        byte[] buffer = new byte[1];
        await Isolated.RunAsync(2, async runtime =>
        {
            (client, server) = await runtime.Run(async () =>
            {
                ConnPair pair = await PairAsync();
                Go.Spawn(async () =>
                {
                    await pair.Server.WriteAsync(new byte[1]);
                    await pair.Server.ReadAsync(buffer); // for ever: its runtime is gone before anything comes
                });
                Assert.Equal(1, await pair.Client.ReadAsync(new byte[10]));
                return pair;
            });
        });
        using (client)
        using (server)
        {
            Task<int> read = server!.ReadAsync(new byte[10]).AsTask();
            await client!.WriteAsync(new byte[3]);
            await client.WriteAsync(new byte[3]);
            if (Backend == NetBackend.Framework)
            {
                // Its operations belong to no runtime: the one left behind takes the first bytes.
                await client.WriteAsync(new byte[3]);
            }

            Assert.NotEqual(0, await read.WaitAsync(Limits.Wait));
            await server.WriteAsync(new byte[5]);
            Assert.Equal(5, await client.ReadAsync(new byte[10]).AsTask().WaitAsync(Limits.Wait));
            Task write = client.WriteAsync(new byte[10_000_000]).AsTask();
            await server.ReadExactlyAsync(new byte[10_000_000]).AsTask().WaitAsync(Limits.Wait);
            await write.WaitAsync(Limits.Wait);
        }
    }

    [Fact]
    public async Task RuntimeStopped_DeadlinesAndListeners_GoOnElsewhere()
    {
        Conn? client = null;
        Conn? server = null;
        Listener? listener = null;
        Task<int>? read = null;
        await Isolated.RunAsync(1, async runtime =>
        {
            await runtime.Run(async () =>
            {
                listener = Listen();
                (client, server) = await PairAsync(listener);
                read = server.ReadAsync(new byte[10]).AsTask();
                server.ReadDeadline = DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(200);
            });
        });
        using (client)
        using (server)
        using (listener)
        {
            await NetAssert.TimesOut(() => read!.WaitAsync(Limits.Wait));
            Task<Conn> accept = listener!.AcceptAsync().AsTask();
            using Conn second = await DialAsync(listener);
            using Conn accepted = await accept.WaitAsync(Limits.Wait);
        }
    }

    [Fact]
    public Task OperationNotAwaitedYet_ItsGoroutineWaitsElsewhere_GoesOn() => Isolated.GoAsync(1, async () =>
    {
        using ConnPair pair = await PairAsync();
        var answered = new Chan<int>();
        ValueTask<int> read = pair.Server.ReadAsync(new byte[10]);
        ValueTask write = pair.Client.WriteAsync(new byte[10_000_000]);
        Go.Spawn(async () =>
        {
            await pair.Server.ReadExactlyAsync(new byte[9_999_990]); // comes after the read above
            await answered.SendAsync(1);
        });
        await answered.ReceiveAsync();
        Assert.Equal(10, await read);
        await write;
    });

    [Fact]
    public Task OperationAwaitedInANestedBody_OuterBodyBlocks_GoesOn() => Isolated.GoAsync(1, async () =>
    {
        using ConnPair pair = await PairAsync();
        ValueTask sending = SendAsync(pair.Client);
        byte[] got = new byte[100_000];
        int total = 0;
        while (total < 10_000_000)
        {
            total += pair.Server.Read(got); // blocks, while the goroutine's other half has more to send
        }

        await sending;

        static async ValueTask SendAsync(Conn conn)
        {
            await conn.WriteAsync(new byte[10_000_000]);
        }
    });

    [Fact]
    public Task ConfigureAwaitFalse_EveryOperation_GoesOnOutside() => Isolated.GoAsync(1, async () =>
    {
        using Listener listener = Listen();
        Task<Conn> accept = listener.AcceptAsync().AsTask();
        using Conn client = await DialAsync(listener).ConfigureAwait(false);
        using Conn server = await accept.ConfigureAwait(false);
        for (int i = 0; i < 50; i++)
        {
            ValueTask<int> read = server.ReadAsync(new byte[10]);
            await client.WriteAsync(new byte[2]).ConfigureAwait(false);
            Assert.Equal(2, await read.ConfigureAwait(false));
        }
    });

    [Fact]
    public Task Deadline_OfTheRuntimeThatSetsIt_IsByItsClock()
    {
        var clock = new FakeTimeProvider();
        return Isolated.GoAsync(
            async () =>
            {
                // Made outside of this runtime, and used first inside.
                ConnPair pair = await Task.Run(async () => await PairAsync());
                using (pair)
                {
                    pair.Server.ReadDeadline = clock.GetUtcNow() + TimeSpan.FromHours(1);
                    Task<int> read = pair.Server.ReadAsync(new byte[10]).AsTask();
                    clock.Advance(TimeSpan.FromMinutes(59));
                    await Go.Yield();
                    Assert.False(read.IsCompleted);
                    clock.Advance(TimeSpan.FromMinutes(1));
                    await NetAssert.TimesOut(() => read);
                }
            },
            new GoRuntimeOptions { TimeProvider = clock });
    }
}

/// <summary>On the scheduler's poller.</summary>
public sealed class EpollConnCallersTests : ConnCallersContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the framework's sockets.</summary>
public sealed class FrameworkConnCallersTests : ConnCallersContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
