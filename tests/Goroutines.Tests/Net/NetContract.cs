using System.Net;
using System.Net.Sockets;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>
/// What the tests of the network have in common. Each area is written once, in an abstract class, with subclasses for the
/// backends and, where it matters, for where the body runs and for the kind of socket.
/// </summary>
public abstract class NetContract
{
    /// <summary>The scheduler's own poller; where there is none its tests are skipped.</summary>
    private protected static NetBackend Epoll
    {
        get
        {
            Assert.SkipUnless(NetBackend.IsEpollSupported, "The epoll backend is for Linux on x64 and arm64.");
            return NetBackend.Epoll;
        }
    }

    private protected abstract NetBackend Backend { get; }

    /// <summary>Where the bodies of the tests run.</summary>
    private protected virtual Place Where => Place.Goroutine;

    /// <summary>What pairs of connections are made over.</summary>
    private protected virtual string Loopback => "127.0.0.1:0";

    /// <summary>A path for a Unix domain socket that does not exist yet.</summary>
    private protected static string NewPath() => Path.Combine(Path.GetTempPath(), $"go-{Guid.NewGuid():N}");

    /// <summary>The address that reaches a listener.</summary>
    private protected static string AddressOf(EndPoint local) => local switch
    {
        UnixDomainSocketEndPoint unix => $"unix:{unix}",
        IPEndPoint { Address: var address, Port: var port } when address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.Any) => $":{port}",
        _ => local.ToString()!,
    };

    private protected static void RequireIPv6()
    {
        bool works = Socket.OSSupportsIPv6;
        try
        {
            using var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        }
        catch (SocketException)
        {
            works = false;
        }

        Assert.SkipUnless(works, "This machine has no IPv6.");
    }

    private protected Task Run(Func<Task> body) => Where.Run(body);

    private protected Listener Listen(string? address = null) => Listener.Listen(address ?? Loopback, Backend);

    private protected ValueTask<Conn> DialAsync(Listener listener, CancellationToken cancellationToken = default)
        => DialAsync(AddressOf(listener.LocalEndPoint), cancellationToken);

    private protected ValueTask<Conn> DialAsync(string address, CancellationToken cancellationToken = default)
        => Conn.DialAsync(address, Backend, cancellationToken);

    /// <summary>Two ends of one connection.</summary>
    private protected async ValueTask<ConnPair> PairAsync(string? address = null)
    {
        using Listener listener = Listen(address);
        return await PairAsync(listener);
    }

    private protected async ValueTask<ConnPair> PairAsync(Listener listener)
    {
        Task<Conn> accept = listener.AcceptAsync().AsTask();
        Conn client = await DialAsync(listener);
        return new ConnPair(client, await accept);
    }
}

/// <summary>Two ends of one connection.</summary>
internal sealed class ConnPair(Conn client, Conn server) : IDisposable
{
    public Conn Client { get; } = client;

    public Conn Server { get; } = server;

    public void Deconstruct(out Conn client, out Conn server) => (client, server) = (Client, Server);

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }
}
