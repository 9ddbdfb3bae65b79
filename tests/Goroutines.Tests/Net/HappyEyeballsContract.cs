using System.Net;
using System.Net.Sockets;
using Goroutines.Net;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Dialing a name with several addresses (RFC 8305), without depending on what the machine's names resolve to.</summary>
public abstract class HappyEyeballsContract : NetContract
{
    /// <summary>An address of this machine where nobody listens.</summary>
    private static IPEndPoint Closed(IPAddress address)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>A listener whose queue is full: the system leaves those who dial it without an answer.</summary>
    private static List<Socket> Deaf(IPAddress address)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen(0);
        List<Socket> all = [listener];
        for (int i = 0; i < 4; i++)
        {
            var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            try
            {
                client.Connect(listener.LocalEndPoint!);
            }
            catch (SocketException)
            {
                // in progress
            }

            all.Add(client);
        }

        return all;
    }

    private Task<EndPoint?> Dial(CancellationToken cancellationToken, params EndPoint[] addresses)
        => Dial(new DialOptions(), Timeout.InfiniteTimeSpan, cancellationToken, addresses);

    private async Task<EndPoint?> Dial(DialOptions options, TimeSpan timeout, CancellationToken cancellationToken, params EndPoint[] addresses)
    {
        using NetSocket socket = await new DialRace(options, Backend, DialTime.Until(timeout, null)).DialAsync(addresses, cancellationToken);
        return socket.RemoteEndPoint;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Dial_FirstFamilyRefuses_TheOtherIsTriedAtOnce(bool firstIs6)
    {
        RequireIPv6();
        return Run(async () =>
        {
            using Listener listener = Listen(firstIs6 ? "127.0.0.1:0" : "[::1]:0");
            EndPoint closed = Closed(firstIs6 ? IPAddress.IPv6Loopback : IPAddress.Loopback);
            Assert.Equal(listener.LocalEndPoint, await Dial(default, closed, closed, listener.LocalEndPoint));
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Dial_FirstFamilyIsSilent_TheOtherJoinsIn(bool firstIs6)
    {
        RequireIPv6();
        return Run(async () =>
        {
            List<Socket> deaf = Deaf(firstIs6 ? IPAddress.IPv6Loopback : IPAddress.Loopback);
            try
            {
                using Listener listener = Listen(firstIs6 ? "127.0.0.1:0" : "[::1]:0");
                Assert.Equal(listener.LocalEndPoint, await Dial(default, deaf[0].LocalEndPoint!, listener.LocalEndPoint));
            }
            finally
            {
                deaf.ForEach(static socket => socket.Dispose());
            }
        });
    }

    [Fact]
    public Task Dial_BothFamiliesListen_TheFirstIsPreferred()
    {
        RequireIPv6();
        return Run(async () =>
        {
            using Listener six = Listen("[::1]:0");
            using Listener four = Listen("127.0.0.1:0");
            Assert.Equal(six.LocalEndPoint, await Dial(default, six.LocalEndPoint, four.LocalEndPoint));
            Assert.Equal(four.LocalEndPoint, await Dial(default, four.LocalEndPoint, six.LocalEndPoint));
        });
    }

    [Fact]
    public Task Dial_SameFamily_IsTriedInOrder() => Run(async () =>
    {
        using Listener listener = Listen();
        EndPoint closed = Closed(IPAddress.Loopback);
        Assert.Equal(listener.LocalEndPoint, await Dial(default, closed, closed, listener.LocalEndPoint));
    });

    [Fact]
    public Task Dial_AllRefuse_TheFirstFailureIsTold()
    {
        RequireIPv6();
        return Run(async () =>
        {
            IPEndPoint six = Closed(IPAddress.IPv6Loopback);
            IOException exception = await NetAssert.Fails(() => Dial(default, six, Closed(IPAddress.Loopback)), SocketError.ConnectionRefused);
            Assert.Contains(six.ToString(), exception.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public Task Dial_AllAreSilent_CancellationEndsIt()
    {
        RequireIPv6();
        return Run(async () =>
        {
            List<Socket> six = Deaf(IPAddress.IPv6Loopback);
            List<Socket> four = Deaf(IPAddress.Loopback);
            try
            {
                using var source = new CancellationTokenSource(20);
                await NetAssert.IsCancelled(() => Dial(source.Token, six[0].LocalEndPoint!, four[0].LocalEndPoint!), source.Token);
                using var later = new CancellationTokenSource(500);
                await NetAssert.IsCancelled(() => Dial(later.Token, six[0].LocalEndPoint!, four[0].LocalEndPoint!), later.Token);
            }
            finally
            {
                six.ForEach(static socket => socket.Dispose());
                four.ForEach(static socket => socket.Dispose());
            }
        });
    }

    [Fact]
    public Task Dial_OneRefusesAndTheOtherIsSilent_CancellationEndsIt()
    {
        RequireIPv6();
        return Run(async () =>
        {
            List<Socket> four = Deaf(IPAddress.Loopback);
            try
            {
                using var source = new CancellationTokenSource();
                Task<EndPoint?> dial = Dial(source.Token, Closed(IPAddress.IPv6Loopback), four[0].LocalEndPoint!);
                source.CancelAfter(50);
                await NetAssert.IsCancelled(() => dial, source.Token);

                // In the same family, too.
                using var later = new CancellationTokenSource(50);
                await NetAssert.IsCancelled(() => Dial(later.Token, Closed(IPAddress.Loopback), four[0].LocalEndPoint!), later.Token);
            }
            finally
            {
                four.ForEach(static socket => socket.Dispose());
            }
        });
    }

    [Fact]
    public Task Dial_WithinATimeFirstIsSilent_LeavesTimeForTheOthers() => Run(async () =>
    {
        List<Socket> deaf = Deaf(IPAddress.Loopback);
        try
        {
            using Listener listener = Listen();
            Assert.Equal(listener.LocalEndPoint, await Dial(new DialOptions(), TimeSpan.FromSeconds(5), default, deaf[0].LocalEndPoint!, listener.LocalEndPoint));
        }
        finally
        {
            deaf.ForEach(static socket => socket.Dispose());
        }
    });

    [Fact]
    public Task Dial_WithoutFallback_TriesAllInOrder()
    {
        RequireIPv6();
        return Run(async () =>
        {
            using Listener listener = Listen();
            var options = new DialOptions { FallbackDelay = Timeout.InfiniteTimeSpan };
            Assert.Equal(
                listener.LocalEndPoint,
                await Dial(options, Timeout.InfiniteTimeSpan, default, Closed(IPAddress.IPv6Loopback), Closed(IPAddress.Loopback), listener.LocalEndPoint));
        });
    }

    [Fact]
    public Task Dial_OneLosesAndTheOtherWins_NoFailureIsUnobserved()
    {
        RequireIPv6();
        return Run(async () =>
        {
            using Listener listener = Listen("[::1]:0");
            string closed = Closed(IPAddress.Loopback).ToString();
            var unobserved = new System.Collections.Concurrent.ConcurrentQueue<string>();
            EventHandler<UnobservedTaskExceptionEventArgs> note = (_, e) => unobserved.Enqueue(e.Exception.ToString());
            TaskScheduler.UnobservedTaskException += note;
            try
            {
                for (int i = 0; i < 3; i++)
                {
                    await Dial(default, IPEndPoint.Parse(closed), listener.LocalEndPoint);
                }

                for (int i = 0; i < 3; i++)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                }
            }
            finally
            {
                TaskScheduler.UnobservedTaskException -= note;
            }

            Assert.DoesNotContain(unobserved, text => text.Contains(closed, StringComparison.Ordinal));
        });
    }
}

/// <summary>On the scheduler's poller.</summary>
public sealed class EpollHappyEyeballsTests : HappyEyeballsContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the framework's sockets.</summary>
public sealed class FrameworkHappyEyeballsTests : HappyEyeballsContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
