using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>The accept loop.</summary>
public abstract class ServeContract : NetContract
{
    private static readonly Action<Exception> s_noErrors = static exception => Assert.Fail($"There should be no error: {exception}");

    /// <summary>Serves beside the body: what runs in the body's own flow would stand still while the body blocks.</summary>
    private Task Start(Listener listener, Func<Conn, CancellationToken, ValueTask> handler, Action<Exception> onError, CancellationToken cancellationToken = default)
        => Where.Start(async () => await listener.ServeAsync(handler, onError, cancellationToken));

    /// <summary>The goroutine both accepts and dials, so the network makes it ready twice over, at times on the processor of the worker that polls.</summary>
    [Fact]
    public Task ServeAsync_InTheGoroutineThatDials_ServesEach() => Run(async () =>
    {
        using Listener listener = Listen();
        ValueTask serving = listener.ServeAsync(
            static async (conn, token) => await conn.CopyToAsync(conn, token),
            static exception => throw new InvalidOperationException("no error is expected", exception));
        List<Conn> clients = [];
        byte[] bytes = new byte[4];
        for (int i = 0; i < 100; i++)
        {
            Conn client = await DialAsync(listener);
            clients.Add(client);
            await client.WriteAsync(bytes);
            await client.ReadExactlyAsync(bytes);
        }

        clients.ForEach(static client => client.Dispose());
        listener.Dispose();
        await serving;
    });

    [Fact]
    public Task Serve_ManyConnections_EachHasItsHandler() => Run(async () =>
    {
        Listener listener = Listen();
        Task serving = Start(listener, static async (conn, token) => await conn.CopyToAsync(conn, token), s_noErrors);
        Task[] clients = [.. Enumerable.Range(0, 30).Select(i => Where.Start(async () =>
        {
            using Conn client = await DialAsync(listener);
            byte[] buffer = [(byte)i];
            await client.WriteAsync(buffer);
            buffer[0]++;
            Assert.Equal(1, await client.ReadAsync(buffer));
            Assert.Equal(i, buffer[0]);
            client.CloseWrite();
            Assert.Equal(0, await client.ReadAsync(buffer)); // the handler has ended, and its connection is closed
        }))];
        await Task.WhenAll(clients);
        Assert.False(serving.IsCompleted);
        await listener.DisposeAsync();
        await serving.WaitAsync(Limits.Wait);
    });

    [Fact]
    public Task Serve_Cancelled_EndsAfterItsHandlers() => Run(async () =>
    {
        using Listener listener = Listen();
        using var source = new CancellationTokenSource();
        var entered = new Chan<CancellationToken>(2);
        var leave = new Chan<int>();
        Task serving = Start(
            listener,
            async (conn, token) =>
            {
                byte[] kind = new byte[1];
                await conn.ReadExactlyAsync(kind, token);
                await entered.SendAsync(token);
                if (kind[0] == 1)
                {
                    await leave.ReceiveAsync(CancellationToken.None); // does not look at the token
                }
                else
                {
                    await conn.ReadExactlyAsync(kind, token);
                }
            },
            s_noErrors,
            source.Token);
        using Conn stubborn = await DialAsync(listener);
        await stubborn.WriteAsync(new byte[] { 1 });
        using Conn obedient = await DialAsync(listener);
        await obedient.WriteAsync(new byte[] { 2 });
        CancellationToken token = (await entered.ReceiveAsync()).Value;
        await entered.ReceiveAsync();
        await source.CancelAsync();
        Assert.True(token.IsCancellationRequested);
        Assert.Equal(0, await obedient.ReadAsync(new byte[1]));
        Assert.False(serving.IsCompleted);
        await leave.SendAsync(0);
        Assert.Equal(0, await stubborn.ReadAsync(new byte[1]));
        await serving.WaitAsync(Limits.Wait); // cancelled as asked: no exception

        // The listener is still there, for others that accept.
        Task<Conn> accept = listener.AcceptAsync().AsTask();
        using Conn client = await DialAsync(listener);
        (await accept).Dispose();
    });

    [Fact]
    public Task Serve_HandlersFail_TellsAndGoesOn() => Run(async () =>
    {
        using Listener listener = Listen();
        var errors = new Chan<Exception>(10);
        Task serving = Start(
            listener,
            static (conn, _) => throw new InvalidOperationException($"handler {conn.ReadByte()}"),
            exception => errors.TrySend(exception));
        for (int i = 0; i < 3; i++)
        {
            using Conn client = await DialAsync(listener);
            await client.WriteAsync(new byte[] { (byte)i });
            Assert.Equal(-1, client.ReadByte());
            Exception error = (await errors.ReceiveAsync()).Value!;
            Assert.Equal($"handler {i}", Assert.IsType<InvalidOperationException>(error).Message);
        }

        Assert.False(serving.IsCompleted);
        listener.Dispose();
        await serving.WaitAsync(Limits.Wait);
    });

    [Fact]
    public Task Serve_WrongArgumentsOrEndedBefore_IsRefusedOrOver() => Run(async () =>
    {
        using Listener listener = Listen();
        Assert.Throws<ArgumentNullException>("handler", () => _ = listener.ServeAsync(null!, s_noErrors));
        Assert.Throws<ArgumentNullException>("onError", () => _ = listener.ServeAsync(static (_, _) => default, null!));
        await listener.ServeAsync(static (_, _) => default, s_noErrors, new CancellationToken(canceled: true));
        listener.Dispose();
        await listener.ServeAsync(static (_, _) => default, s_noErrors);
    });

    [Fact]
    public Task Serve_WithABound_HandlesNoMoreAtATime() => Run(async () =>
    {
        Listener listener = Listen();
        var leave = new Chan<int>();
        int now = 0;
        int most = 0;
        Task serving = Where.Start(async () => await listener.ServeAsync(
            async (_, _) =>
            {
                int running = Interlocked.Increment(ref now);
                InterlockedMax(ref most, running);
                await leave.ReceiveAsync(CancellationToken.None);
                Interlocked.Decrement(ref now);
            },
            s_noErrors,
            new ServeOptions { MaxConnections = 2 }));
        Conn[] clients = new Conn[6];
        for (int i = 0; i < clients.Length; i++)
        {
            clients[i] = await DialAsync(listener); // the system takes those that are not accepted yet
        }

        await Poll.UntilAsync(() => Volatile.Read(ref now) == 2, "two handlers");
        for (int i = 0; i < clients.Length; i++)
        {
            await leave.SendAsync(0);
        }

        foreach (Conn client in clients)
        {
            Assert.Equal(0, await client.ReadAsync(new byte[1]));
            client.Dispose();
        }

        Assert.Equal(2, most);

        // Disposed while it waits for room: it ends all the same.
        using Conn one = await DialAsync(listener);
        using Conn other = await DialAsync(listener);
        await Poll.UntilAsync(() => Volatile.Read(ref now) == 2, "two handlers");
        listener.Dispose();
        await leave.SendAsync(0);
        await leave.SendAsync(0);
        await serving.WaitAsync(Limits.Wait);
    });

    [Fact]
    public Task Serve_WithADrainTimeout_ClosesWhatIsLeft() => Run(async () =>
    {
        Listener listener = Listen();
        var entered = new Chan<int>(3);
        var errors = new Chan<Exception>(10);
        Task serving = Where.Start(async () => await listener.ServeAsync(
            async (conn, token) =>
            {
                await entered.SendAsync(1);
                await conn.ReadExactlyAsync(new byte[100], CancellationToken.None); // heeds no token
            },
            exception => errors.TrySend(exception),
            new ServeOptions { DrainTimeout = TimeSpan.FromMilliseconds(200) })); // twice: then the connection is closed, and the handler must end
        using Conn client = await DialAsync(listener);
        await entered.ReceiveAsync();
        listener.Dispose();
        await serving.WaitAsync(Limits.Wait);
        Assert.Equal(0, await client.ReadAsync(new byte[1]));
        Assert.IsType<ObjectDisposedException>((await errors.ReceiveAsync()).Value); // the handler was cut off
    });

    [Fact]
    public Task Serve_CancelledWithADrainTimeout_HandlersMayFinish() => Run(async () =>
    {
        using Listener listener = Listen();
        using var source = new CancellationTokenSource();
        var entered = new Chan<int>(1);
        var leave = new Chan<int>();
        var cancelled = new Chan<bool>(1);
        Task serving = Where.Start(async () => await listener.ServeAsync(
            async (_, token) =>
            {
                await entered.SendAsync(1, CancellationToken.None);
                await leave.ReceiveAsync(CancellationToken.None);
                await cancelled.SendAsync(token.IsCancellationRequested, CancellationToken.None);
            },
            s_noErrors,
            new ServeOptions { DrainTimeout = Limits.Wait },
            source.Token));
        using Conn client = await DialAsync(listener);
        await entered.ReceiveAsync();
        await source.CancelAsync();
        await leave.SendAsync(0);
        await serving.WaitAsync(Limits.Wait);
        Assert.False((await cancelled.ReceiveAsync()).Value);
    });

    [Fact]
    public Task Serve_HandlersThatEndByNothing_AreLeftAloneAndTold() => Run(async () =>
    {
        using Listener listener = Listen();
        using var source = new CancellationTokenSource();
        var entered = new Chan<int>(3);
        var leave = new Chan<int>();
        Task serving = Where.Start(async () => await listener.ServeAsync(
            async (_, _) =>
            {
                await entered.SendAsync(1);
                await leave.ReceiveAsync(CancellationToken.None);
            },
            s_noErrors,
            new ServeOptions { DrainTimeout = TimeSpan.FromMilliseconds(10) },
            source.Token));
        using Conn client = await DialAsync(listener);
        await entered.ReceiveAsync();
        await source.CancelAsync();
        TimeoutException exception = await Assert.ThrowsAsync<TimeoutException>(() => serving.WaitAsync(Limits.Wait));
        Assert.StartsWith("1 handlers", exception.Message, StringComparison.Ordinal);
        await leave.SendAsync(0);
    });

    [Fact]
    public async Task Serve_OnErrorThrows_ThePanicHandlerHearsAndTheServerGoesOn()
    {
        var panics = new System.Collections.Concurrent.ConcurrentQueue<PanicInfo>();
        await Isolated.GoAsync(
            async () =>
            {
                Listener listener = Listen();
                Goroutine serving = Go.Run(() => listener.ServeAsync(
                    static (conn, _) => throw new InvalidTimeZoneException($"handler {conn.ReadByte()}"),
                    static _ => throw new InvalidOperationException("onError")));
                for (int i = 0; i < 3; i++)
                {
                    using Conn client = await DialAsync(listener);
                    await client.WriteAsync(new byte[] { (byte)i });
                    Assert.Equal(0, await client.ReadAsync(new byte[1]));
                    int heard = i + 1;
                    await Poll.UntilAsync(() => panics.Count == heard, "the panic handler to hear of it");
                }

                listener.Dispose();
                await serving;
            },
            new GoRuntimeOptions { PanicHandler = panics.Enqueue });
        Assert.All(panics, static info =>
        {
            var both = Assert.IsType<AggregateException>(info.Exception);
            Assert.IsType<InvalidOperationException>(both.InnerExceptions[0]);
            Assert.IsType<InvalidTimeZoneException>(both.InnerExceptions[1]);
        });
    }

    [Fact]
    public void ServeOptions_ThatCannotBe_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("value", static () => new ServeOptions { MaxConnections = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("value", static () => new ServeOptions { DrainTimeout = TimeSpan.Zero });
        using Listener listener = Listen();
        Assert.Throws<ArgumentNullException>("options", () => _ = listener.ServeAsync(static (_, _) => default, s_noErrors, (ServeOptions)null!));
    }

    private static void InterlockedMax(ref int place, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref place)) && Interlocked.CompareExchange(ref place, value, seen) != seen)
        {
        }
    }
}

/// <summary>On the scheduler's poller, in a goroutine.</summary>
public class EpollServeTests : ServeContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollServeOutsideTests : EpollServeTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the framework's sockets, in a goroutine.</summary>
public sealed class FrameworkServeTests : ServeContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
