using System.Net.Sockets;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Unix domain sockets.</summary>
public abstract class UnixSocketContract : NetContract
{
    private static void RequireUnix() => Assert.SkipUnless(Socket.OSSupportsUnixDomainSockets, "This system has no Unix domain sockets.");

    [Fact]
    public Task Path_WhileListening_IsAFileAndThenIsGone()
    {
        RequireUnix();
        return Run(async () =>
        {
            string path = NewPath();
            using (Listener listener = Listen($"unix:{path}"))
            {
                Assert.True(File.Exists(path));
                Assert.Equal(path, listener.LocalEndPoint.ToString());
                using ConnPair pair = await PairAsync(listener);
                await pair.Client.WriteAsync(new byte[] { 1, 2, 3 });
                byte[] got = new byte[3];
                await pair.Server.ReadExactlyAsync(got);
                Assert.Equal([1, 2, 3], got);
                Assert.Equal(path, pair.Client.RemoteEndPoint.ToString());
                Assert.Equal(path, pair.Server.LocalEndPoint.ToString());
                listener.Dispose();
                await pair.Server.WriteAsync(got); // goes on without the listener
                Assert.Equal(3, await pair.Client.ReadAsync(got));
            }

            Assert.False(File.Exists(path));
        });
    }

    [Fact]
    public Task AbstractName_ListenAndDial_HasNoFile()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Abstract names are Linux's.");
        return Run(async () =>
        {
            string name = $"go-{Guid.NewGuid():N}";
            using Listener listener = Listen($"unix:@{name}");
            ValueTask<Conn> accept = listener.AcceptAsync();
            using Conn client = await DialAsync($"unix:@{name}");
            using Conn server = await accept;
            await server.WriteAsync(new byte[1]);
            Assert.Equal(1, await client.ReadAsync(new byte[2]));
            Assert.False(File.Exists(name) || File.Exists($"@{name}"));
            await NetAssert.Fails(() => Task.FromResult(Listen($"unix:@{name}")), SocketError.AddressAlreadyInUse);
        });
    }

    [Fact]
    public Task Path_InUseOrMissing_IsRefused()
    {
        RequireUnix();
        return Run(async () =>
        {
            string path = NewPath();
            await NetAssert.Fails(async () => await DialAsync($"unix:{path}"), SocketError.AddressNotAvailable, SocketError.ConnectionRefused);
            using Listener listener = Listen($"unix:{path}");
            await NetAssert.Fails(() => Task.FromResult(Listen($"unix:{path}")), SocketError.AddressAlreadyInUse);
            Assert.True(File.Exists(path));
            using ConnPair pair = await PairAsync(listener);
        });
    }

    [Fact]
    public Task ManyDials_BeforeTheFirstAccept_AllComeThrough()
    {
        RequireUnix();
        return Run(async () =>
        {
            using Listener listener = Listen($"unix:{NewPath()}");
            List<Task<Conn>> dials = [];
            for (int i = 0; i < 200; i++)
            {
                dials.Add(DialAsync(listener).AsTask());
            }

            for (int i = 0; i < dials.Count; i++)
            {
                using Conn server = await listener.AcceptAsync();
                await server.WriteAsync(new byte[] { (byte)i });
            }

            var seen = new HashSet<int>();
            foreach (Task<Conn> dial in dials)
            {
                using Conn client = await dial;
                Assert.True(seen.Add(client.ReadByte()));
            }
        });
    }
}

/// <summary>On the scheduler's poller.</summary>
public sealed class EpollUnixSocketTests : UnixSocketContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the framework's sockets, outside of goroutines.</summary>
public sealed class FrameworkUnixSocketTests : UnixSocketContract
{
    private protected override NetBackend Backend => NetBackend.Framework;

    private protected override Place Where => Place.Pool;
}
