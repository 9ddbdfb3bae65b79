using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Goroutines.Net;
using Goroutines.Tests.Runtime;
using Goroutines.Tests.Support;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Descriptors: none is lost, many are no trouble, and when there are no more it goes on once there are. These tests count for the whole process, so they run alone.</summary>
public abstract class FaultsDescriptorsContract : NetContract
{
    /// <summary>In a child process: the class whose test it is to do itself.</summary>
    private const string ChildVariable = "GOROUTINES_TEST_CHILD";

    /// <summary>How many descriptors the child may have open beyond those it has.</summary>
    private const int Spare = 16;

    [Fact]
    public async Task EveryWayToEnd_ManyTimes_LeavesNoDescriptor()
    {
        OpenFiles.RequireLinux();
        await EveryWayToEndAsync(); // what is made once and kept: the default runtime's poller, too
        await Run(EveryWayToEndAsync);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        int before = OpenFiles.Count;
        for (int round = 0; round < 20; round++)
        {
            await Run(EveryWayToEndAsync); // a runtime, and its poller, each
        }

        await OpenFiles.BackToAsync(before);
    }

    [Fact]
    public async Task Connection_Dropped_IsClosedByTheCollector()
    {
        OpenFiles.RequireLinux();
        await Run(async () =>
        {
            using Listener listener = Listen();
            await DropAsync(listener);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            int before = OpenFiles.Count;
            for (int i = 0; i < 20; i++)
            {
                await DropAsync(listener);
            }

            await Poll.UntilAsync(
                () =>
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    return OpenFiles.Count <= before;
                },
                "the dropped connections to be closed");
        });

        async Task DropAsync(Listener listener)
        {
            ConnPair pair = await PairAsync(listener);
            await pair.Client.WriteAsync(new byte[1]);
            await pair.Server.ReadExactlyAsync(new byte[1]);
        }
    }

    [Fact]
    public Task Connection_Dropped_PeerGetsAllAndTheEnd() => Run(async () =>
    {
        using Listener listener = Listen();
        byte[] got = new byte[10_000];
        using Conn server = await DropClientAsync();
        await server.ReadExactlyAsync(got);
        Assert.All(got, static value => Assert.Equal(1, value));
        Task<int> end = server.ReadAsync(got, 0, got.Length, CancellationToken.None);
        await Poll.UntilAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return end.IsCompleted;
            },
            "the dropped connection to be closed");
        Assert.Equal(0, await end); // not a reset

        async Task<Conn> DropClientAsync()
        {
            ConnPair pair = await PairAsync(listener);
            await pair.Client.WriteAsync(Enumerable.Repeat((byte)1, got.Length).ToArray());
            return pair.Server;
        }
    });

    [Fact]
    [Trait("Size", "Large")]
    public async Task Connections_TenThousandOpenAtOnce_EachWorks()
    {
        OpenFiles.RequireLinux();
        int most = Math.Min(10_000, (OpenFiles.Limit - OpenFiles.Count - 200) / 2); // both ends are ours
        Assert.True(most > 100, $"the limit of {OpenFiles.Limit} open files is too low");
        TestContext.Current.TestOutputHelper?.WriteLine($"{most} connections");
        int before = OpenFiles.Count;
        await Run(async () =>
        {
            using Listener listener = Listen();
            int served = 0;
            ValueTask serving = listener.ServeAsync(
                async (conn, token) =>
                {
                    Interlocked.Increment(ref served);
                    byte[] buffer = new byte[16];
                    while (await conn.ReadAsync(buffer, token) is > 0 and int count)
                    {
                        await conn.WriteAsync(buffer.AsMemory(0, count), token);
                    }
                },
                static exception => throw new InvalidOperationException("no error is expected", exception));
            var clients = new List<Conn>(most);
            byte[] bytes = new byte[sizeof(int)];
            for (int i = 0; i < most; i++)
            {
                clients.Add(await DialAsync(listener));
                await AskAsync(clients[i], i);
            }

            Assert.Equal(most, served);
            Assert.True(OpenFiles.Count >= 2 * most, "not all are open");
            for (int i = most - 1; i >= 0; i--)
            {
                await AskAsync(clients[i], i);
            }

            clients.ForEach(static client => client.Dispose());
            listener.Dispose();
            await serving;

            async Task AskAsync(Conn client, int value)
            {
                BitConverter.TryWriteBytes(bytes, value);
                await client.WriteAsync(bytes);
                bytes.AsSpan().Clear();
                await client.ReadExactlyAsync(bytes);
                Assert.Equal(value, BitConverter.ToInt32(bytes));
            }
        });
        await OpenFiles.BackToAsync(before + 10);
    }

    /// <summary>Not for the framework's sockets: at the limit its thread pool can start no thread, which ends the process.</summary>
    private protected async Task AtTheLimitInAChildAsync()
    {
        OpenFiles.RequireLinux();
        string name = GetType().FullName!;
        if (Environment.GetEnvironmentVariable(ChildVariable) == name)
        {
            await Run(AtTheLimitAsync);
            return;
        }

        _ = Backend; // skips
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, typeof(FaultsDescriptorsContract).Assembly.GetName().Name!))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [ChildVariable] = name },
        };
        foreach (string argument in (string[])["-noColor", "-noLogo", "-method", $"{name}.{nameof(EpollFaultsDescriptorsTests.ServeAsync_AtTheLimitOfDescriptors_TellsAndGoesOnOnceThereAreSome)}"])
        {
            start.ArgumentList.Add(argument);
        }

        using Process child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync();
        Task<string> errors = child.StandardError.ReadToEndAsync();
        try
        {
            await child.WaitForExitAsync().WaitAsync(Limits.Body);
        }
        finally
        {
            child.Kill(entireProcessTree: true);
        }

        string all = await output + await errors;
        Assert.True(child.ExitCode == 0, all);
        Assert.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0", all, StringComparison.Ordinal);
    }

    /// <summary>A thread can't be started at the limit: have more of the pool's than anything here needs.</summary>
    private static async Task StartPoolThreadsAsync()
    {
        const int Threads = 8;
        ThreadPool.SetMinThreads(Threads, Threads);
        using var together = new Barrier(Threads);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(together.SignalAndWait)));
    }

    private async Task AtTheLimitAsync()
    {
        var errors = new Chan<Exception>(1000);
        using Listener listener = Listen();
        ValueTask serving = listener.ServeAsync(static async (conn, token) => await conn.CopyToAsync(conn, token), exception => errors.TrySend(exception));

        // First a connection like the later ones, so that the framework has loaded what it needs.
        int without;
        using (Conn client = await DialAsync(listener))
        {
            await AskAsync(client);
            without = OpenFiles.Count - 2;
        }

        await StartPoolThreadsAsync();
        _ = new SocketException((int)SocketError.TooManyOpenSockets).ToString();
        foreach (string path in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator))
        {
            Assembly.Load(AssemblyName.GetAssemblyName(path)); // at the limit no file of code could be opened any more
        }

        OpenFiles.Limit = OpenFiles.Highest + 1 + Spare;
        for (int round = 0; round < 3; round++)
        {
            await OpenFiles.BackToAsync(without); // the last connection's may not come free in the middle of it
            List<SafeFileHandle> fill = [];
            try
            {
                while (true)
                {
                    fill.Add(File.OpenHandle("/dev/null"));
                }
            }
            catch (IOException)
            {
                // That was the last one.
            }

            fill[^1].Dispose();
            using Conn client = await DialAsync(listener); // takes it; the system completes it without the listener
            IOException exception = Assert.IsType<IOException>((await errors.ReceiveAsync()).Value);
            Assert.Equal(SocketError.TooManyOpenSockets, Assert.IsType<SocketException>(exception.InnerException).SocketErrorCode);
            Assert.StartsWith($"accept tcp {listener.LocalEndPoint}: ", exception.Message, StringComparison.Ordinal);
            await errors.ReceiveAsync(); // it tries again, and tells again
            fill.ForEach(static handle => handle.Dispose());
            await AskAsync(client);
            while (errors.TryReceive(out _))
            {
                // From before there were some.
            }
        }

        listener.Dispose();
        await serving;

        static async Task AskAsync(Conn client)
        {
            byte[] bytes = [42];
            await client.WriteAsync(bytes);
            await client.ReadExactlyAsync(bytes);
        }
    }

    private async Task EveryWayToEndAsync()
    {
        using var cancel = new CancellationTokenSource();
        using Listener listener = Listen();
        for (int i = 0; i < 10; i++)
        {
            // Both ends, in either order, with and without an operation that waits.
            ConnPair pair = await PairAsync(listener);
            Task read = pair.Client.ReadAsync(new byte[1]).AsTask();
            (i % 2 == 0 ? pair.Client : pair.Server).Dispose();
            await read.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pair.Dispose();

            // Reset while it waits to be accepted.
            using (var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
            {
                await peer.ConnectAsync(listener.LocalEndPoint);
                peer.LingerState = new LingerOption(enable: true, seconds: 0);
            }

            (await listener.AcceptAsync()).Dispose();
        }

        // Refused, already taken, cancelled.
        using (var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            await NetAssert.Fails(async () => await DialAsync(bound.LocalEndPoint!.ToString()!), SocketError.ConnectionRefused);
        }

        Assert.Throws<IOException>(() => Listen(AddressOf(listener.LocalEndPoint)));
        Task accept = listener.AcceptAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await NetAssert.IsCancelled(() => accept, cancel.Token);
        await NetAssert.IsCancelled(async () => await DialAsync(listener, cancel.Token), cancel.Token);
        using (ConnPair unix = await PairAsync($"unix:{NewPath()}"))
        {
            await unix.Client.WriteAsync(new byte[1]);
        }

        using PacketConn packets = PacketConn.Listen("127.0.0.1:0", Backend);
        Task receive = packets.ReceiveFromAsync(new byte[1]).AsTask();
        packets.Dispose();
        await NetAssert.IsDisposed(() => receive, nameof(PacketConn));
    }
}

/// <summary>On the scheduler's poller.</summary>
[Collection(AloneCollection.Name)]
public sealed class EpollFaultsDescriptorsTests : FaultsDescriptorsContract
{
    [Fact]
    [Trait("Size", "Large")]
    public Task ServeAsync_AtTheLimitOfDescriptors_TellsAndGoesOnOnceThereAreSome() => AtTheLimitInAChildAsync();

    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the framework's sockets.</summary>
[Collection(AloneCollection.Name)]
public sealed class FrameworkFaultsDescriptorsTests : FaultsDescriptorsContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
