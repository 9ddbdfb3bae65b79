using System.Net;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Deadlines, by a clock that the test turns.</summary>
public abstract class ConnDeadlineContract : NetContract
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private static Task RunAsync(Func<FakeTimeProvider, Task> body)
    {
        var clock = new FakeTimeProvider();
        return Isolated.GoAsync(() => body(clock), new GoRuntimeOptions { TimeProvider = clock });
    }

    [Fact]
    public Task ReadDeadline_InThePast_FailsAtOnceAndTakesNothing() => RunAsync(async clock =>
    {
        using ConnPair pair = await PairAsync();
        await pair.Client.WriteAsync(new byte[3]);
        pair.Server.ReadDeadline = clock.GetUtcNow() - s_second;
        IOException exception = await NetAssert.TimesOut(async () => await pair.Server.ReadAsync(new byte[10]));
        Assert.Contains("i/o timeout", exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("read tcp ", exception.Message, StringComparison.Ordinal);
        await NetAssert.TimesOut(() => Task.FromResult(pair.Server.Read(new byte[10])));
        pair.Server.ReadDeadline = DateTimeOffset.MinValue;
        await NetAssert.TimesOut(async () => await pair.Server.ReadAsync(new byte[10]));
        await pair.Server.WriteAsync(new byte[1]); // the other direction is free

        pair.Server.ReadDeadline = null;
        Assert.Null(pair.Server.ReadDeadline);
        Assert.Equal(3, await pair.Server.ReadAsync(new byte[10]));
    });

    [Fact]
    public Task ReadDeadline_InTheFuture_EndsTheWaitThenAndNotBefore() => RunAsync(async clock =>
    {
        using ConnPair pair = await PairAsync();
        DateTimeOffset deadline = clock.GetUtcNow() + s_second;
        pair.Server.ReadDeadline = deadline;
        Assert.Equal(deadline, pair.Server.ReadDeadline);
        Task<int> read = pair.Server.ReadAsync(new byte[10]).AsTask();
        clock.Advance(s_second / 2);
        await pair.Client.WriteAsync(new byte[4]);
        Assert.Equal(4, await read);
        read = pair.Server.ReadAsync(new byte[10]).AsTask();
        clock.Advance(s_second / 2);
        await NetAssert.TimesOut(() => read);
        await NetAssert.TimesOut(async () => await pair.Server.ReadAsync(new byte[10])); // and stays past

        pair.Server.ReadDeadline = clock.GetUtcNow() + s_second;
        await pair.Client.WriteAsync(new byte[5]);
        Assert.Equal(5, await pair.Server.ReadAsync(new byte[10]));
    });

    [Fact]
    public Task ReadDeadline_SetWhileWaiting_AppliesToTheWait() => RunAsync(async clock =>
    {
        using ConnPair pair = await PairAsync();
        Task<int> read = pair.Server.ReadAsync(new byte[10]).AsTask();
        pair.Server.ReadDeadline = clock.GetUtcNow() + s_second;
        clock.Advance(s_second);
        await NetAssert.TimesOut(() => read);

        pair.Server.ReadDeadline = null;
        read = pair.Server.ReadAsync(new byte[10]).AsTask();
        pair.Server.ReadDeadline = clock.GetUtcNow();
        await NetAssert.TimesOut(() => read);
    });

    [Fact]
    public Task ReadDeadline_ExtendedOrClearedWhileWaiting_LetsItWait() => RunAsync(async clock =>
    {
        using ConnPair pair = await PairAsync();
        pair.Server.ReadDeadline = clock.GetUtcNow() + s_second;
        Task<int> read = pair.Server.ReadAsync(new byte[10]).AsTask();
        for (int i = 0; i < 3; i++)
        {
            clock.Advance(s_second / 2);
            pair.Server.ReadDeadline = clock.GetUtcNow() + s_second;
        }

        pair.Server.ReadDeadline = null;
        clock.Advance(10 * s_second);
        await pair.Client.WriteAsync(new byte[6]);
        Assert.Equal(6, await read);
    });

    [Fact]
    public Task ReadDeadline_SeveralWait_AllFail() => RunAsync(async clock =>
    {
        using ConnPair pair = await PairAsync();
        Task<int>[] reads = [.. Enumerable.Range(0, 5).Select(_ => pair.Server.ReadAsync(new byte[10]).AsTask())];
        pair.Server.ReadDeadline = clock.GetUtcNow() + s_second;
        clock.Advance(2 * s_second);
        foreach (Task<int> read in reads)
        {
            await NetAssert.TimesOut(() => read);
        }
    });

    [Fact]
    public Task ReadDeadline_OfAStackfulGoroutine_EndsItsWait() => RunAsync(async clock =>
    {
        using ConnPair pair = await PairAsync();
        pair.Server.ReadDeadline = clock.GetUtcNow() + s_second;
        Goroutine reader = Go.Run(() => { pair.Server.ReadByte(); });
        await Go.Yield();
        clock.Advance(s_second);
        await NetAssert.TimesOut(async () => await reader);
    });

    [Fact]
    public Task WriteDeadline_OfAWaitingWrite_EndsIt() => RunAsync(async clock =>
    {
        using ConnPair pair = await PairAsync();
        Task write = pair.Client.WriteAsync(new byte[30_000_000]).AsTask();
        pair.Client.WriteDeadline = clock.GetUtcNow() + s_second;
        Assert.Equal(clock.GetUtcNow() + s_second, pair.Client.WriteDeadline);
        Assert.Null(pair.Client.ReadDeadline);
        clock.Advance(s_second);
        IOException exception = await NetAssert.TimesOut(() => write);
        Assert.StartsWith("write tcp ", exception.Message, StringComparison.Ordinal);
        await NetAssert.TimesOut(() => pair.Client.WriteAsync(new byte[1]).AsTask());

        // What was sent is there, and the connection can go on.
        Assert.NotEqual(0, await pair.Server.ReadAsync(new byte[10]));
        await pair.Server.WriteAsync(new byte[2]);
        Assert.Equal(2, await pair.Client.ReadAsync(new byte[10]));
    });

    [Fact]
    public Task ReadDeadline_OfAPacketConn_EndsTheWait() => RunAsync(async clock =>
    {
        using PacketConn conn = PacketConn.Listen("127.0.0.1:0", Backend);
        conn.ReadDeadline = clock.GetUtcNow() + s_second;
        Task<(int Count, EndPoint From)> receive = conn.ReceiveFromAsync(new byte[10]).AsTask();
        clock.Advance(s_second);
        await NetAssert.TimesOut(() => receive);
        conn.ReadDeadline = null;
        conn.WriteDeadline = clock.GetUtcNow() - s_second;
        await NetAssert.TimesOut(async () => await conn.SendToAsync(new byte[1], conn.LocalEndPoint));
        conn.WriteDeadline = null;
        await conn.SendToAsync(new byte[1], conn.LocalEndPoint);
        Assert.Equal(1, (await conn.ReceiveFromAsync(new byte[10])).Count);
    });

    [Fact]
    public Task Deadlines_OfADisposedConn_CannotBeSet() => RunAsync(async clock =>
    {
        using ConnPair pair = await PairAsync();
        pair.Client.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pair.Client.ReadDeadline = clock.GetUtcNow());
        Assert.Throws<ObjectDisposedException>(() => pair.Client.WriteDeadline = null);
    });

    [Fact]
    public Task Deadlines_BySystemClock_Pass() => Isolated.GoAsync(async () =>
    {
        using ConnPair pair = await PairAsync();
        pair.Server.ReadDeadline = DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(20);
        await NetAssert.TimesOut(async () => await pair.Server.ReadAsync(new byte[10]));
        pair.Server.ReadDeadline = DateTimeOffset.MaxValue;
        await pair.Client.WriteAsync(new byte[1]);
        Assert.Equal(1, await pair.Server.ReadAsync(new byte[10]));
    });
    [Fact]
    public Task Deadline_SetForBoth_EndsReadsAndWrites() => RunAsync(async clock =>
    {
        using ConnPair pair = await PairAsync();
        pair.Client.Deadline = clock.GetUtcNow() + s_second;
        Assert.Equal(clock.GetUtcNow() + s_second, pair.Client.ReadDeadline);
        Assert.Equal(clock.GetUtcNow() + s_second, pair.Client.WriteDeadline);
        Task<int> read = pair.Client.ReadAsync(new byte[10]).AsTask();
        Task write = pair.Client.WriteAsync(new byte[30_000_000]).AsTask();
        clock.Advance(s_second);
        await NetAssert.TimesOut(() => read);
        await NetAssert.TimesOut(() => write);
        pair.Client.Deadline = null;
        Assert.Null(pair.Client.ReadDeadline);
        Assert.Null(pair.Client.WriteDeadline);
        pair.Client.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pair.Client.Deadline = null);
    });

    [Theory]
    [InlineData(25)]
    [InlineData(60)]
    [InlineData(36_500)]
    public Task ReadDeadline_ManyDaysAhead_PassesThenAndNotBefore(int days) => RunAsync(async clock =>
    {
        using ConnPair pair = await PairAsync();
        pair.Server.ReadDeadline = clock.GetUtcNow() + TimeSpan.FromDays(days);
        Task<int> read = pair.Server.ReadAsync(new byte[10]).AsTask();
        for (int i = 1; i < days; i += Math.Max(1, days / 50))
        {
            clock.Advance(TimeSpan.FromDays(Math.Max(1, days / 50)));
            if (clock.GetUtcNow() >= pair.Server.ReadDeadline)
            {
                break;
            }

            await Go.Yield();
            Assert.False(read.IsCompleted);
        }

        clock.Advance(TimeSpan.FromDays(days));
        await NetAssert.TimesOut(() => read);
    });

    /// <summary>Two setters, of which one lets the deadline pass and the other moves it on: what is set last counts.</summary>
    [Fact]
    public async Task ReadDeadline_MovedWhileItPasses_IsTheOneSetLast()
    {
        using ConnPair pair = await PairAsync();
        using var barrier = new Barrier(2);
        const int Rounds = 3000;
        DateTimeOffset past = DateTimeOffset.UtcNow - s_second;
        DateTimeOffset ahead = DateTimeOffset.UtcNow + TimeSpan.FromHours(1);
        Task other = PlainThread.Run(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                barrier.SignalAndWait();
                pair.Server.ReadDeadline = past;
                barrier.SignalAndWait();
            }
        });
        await PlainThread.Run(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                barrier.SignalAndWait();
                pair.Server.ReadDeadline = ahead;
                barrier.SignalAndWait();
                if (pair.Server.ReadDeadline == ahead)
                {
                    pair.Client.WriteByte(1);
                    Assert.Equal(1, pair.Server.ReadByte());
                }
            }
        });
        await other;
    }

    [Fact]
    public async Task ReadDeadline_OfTwoRuntimes_GoesByTheSettersClock()
    {
        using ConnPair pair = await PairAsync(); // made, and watched, by the process-wide runtime
        Task<int> first = pair.Server.ReadAsync(new byte[10]).AsTask();
        await pair.Client.WriteAsync(new byte[1]);
        await first;
        await RunAsync(async clock =>
        {
            clock.Advance(TimeSpan.FromDays(-1) + TimeSpan.FromDays(2)); // neither before nor at the real time
            pair.Server.ReadDeadline = clock.GetUtcNow() + s_second;
            Task<int> read = pair.Server.ReadAsync(new byte[10]).AsTask();
            await pair.Client.WriteAsync(new byte[2]);
            Assert.Equal(2, await read);
            read = pair.Server.ReadAsync(new byte[10]).AsTask();
            clock.Advance(s_second);
            await NetAssert.TimesOut(() => read);
        });

        // And the other way round: the deadline is of the process-wide runtime, the reader is not.
        pair.Server.ReadDeadline = DateTimeOffset.UtcNow + TimeSpan.FromHours(1);
        await RunAsync(async clock =>
        {
            Task<int> read = pair.Server.ReadAsync(new byte[10]).AsTask();
            clock.Advance(TimeSpan.FromDays(100));
            await pair.Client.WriteAsync(new byte[3]);
            Assert.Equal(3, await read);
        });
    }
}

/// <summary>On the scheduler's poller.</summary>
public sealed class EpollConnDeadlineTests : ConnDeadlineContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the framework's sockets.</summary>
public sealed class FrameworkConnDeadlineTests : ConnDeadlineContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
