using System.Net.Sockets;
using Goroutines.Net;
using Goroutines.Net.Epoll;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Receives whose buffers are as large as what comes: the next one makes no call in vain, and misses nothing.</summary>
public abstract class ExactFillContract : NetContract
{
    private const int Message = 16;

    [Fact]
    public Task Read_ThatIsFilledByAllThatWasThere_IsFollowedByNoCallInVain() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        const int Rounds = 200;
        int without = 0;
        Task echo = Where.Start(async () =>
        {
            byte[] buffer = new byte[Message];
            for (int i = 0; i < Rounds; i++)
            {
                await pair.Server.ReadExactlyAsync(buffer);
                if (((EpollSocket)pair.Server.Socket).WaitsWithoutCall)
                {
                    without++; // news that have come twice may ask for a call, now and then
                }

                await pair.Server.WriteAsync(buffer);
            }
        });
        byte[] sent = new byte[Message];
        byte[] got = new byte[Message];
        for (int i = 0; i < Rounds; i++)
        {
            await pair.Client.WriteAsync(sent);
            await pair.Client.ReadExactlyAsync(got);
        }

        await echo.WaitAsync(Limits.Wait);
        Assert.True(without > Rounds / 2, $"Only {without} of {Rounds} reads were known to have emptied the socket.");
    });

    /// <summary>Reads of every size against writes of every size: what is left after a filled buffer is read without more being sent.</summary>
    [Fact]
    public Task Reads_FilledWithMoreBehind_GetAllOfIt() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        Task reading = Where.Start(async () =>
        {
            byte next = 0;
            for (int size = 1; size <= 64; size++)
            {
                byte[] buffer = new byte[size];
                for (int left = 64; left > 0;)
                {
                    int read = await pair.Server.ReadAsync(buffer.AsMemory(0, Math.Min(size, left)));
                    Assert.NotEqual(0, read);
                    for (int i = 0; i < read; i++)
                    {
                        Assert.Equal(next++, buffer[i]);
                    }

                    left -= read;
                }

                await pair.Server.WriteAsync(buffer.AsMemory(0, 1));
            }
        });
        byte[] sent = new byte[64];
        byte[] answer = new byte[1];
        byte sends = 0;
        for (int size = 1; size <= 64; size++)
        {
            for (int i = 0; i < sent.Length; i++)
            {
                sent[i] = sends++;
            }

            for (int at = 0; at < sent.Length; at += size)
            {
                await pair.Client.WriteAsync(sent.AsMemory(at, Math.Min(size, sent.Length - at)));
            }

            await pair.Client.ReadExactlyAsync(answer);
        }

        await reading.WaitAsync(Limits.Wait);
    });

    /// <summary>The end is there, with the last bytes or soon after them, when their receive fills its buffer.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Read_FilledByTheLastBytes_IsFollowedByTheEnd(bool isThereBefore) => Run(async () =>
    {
        for (int round = 0; round < 50; round++)
        {
            using ConnPair pair = await PairAsync();
            byte[] buffer = new byte[Message];
            for (int i = 0; i < 3; i++)
            {
                Task reading = Where.Start(async () => await pair.Server.ReadExactlyAsync(buffer));
                await pair.Client.WriteAsync(new byte[Message]);
                await reading.WaitAsync(Limits.Wait);
            }

            await pair.Client.WriteAsync(new byte[Message]);
            if (isThereBefore)
            {
                pair.Client.CloseWrite();
            }

            await pair.Server.ReadExactlyAsync(buffer);
            Task end = Where.Start(async () => Assert.Equal(0, await pair.Server.ReadAsync(buffer)));
            if (!isThereBefore)
            {
                pair.Client.CloseWrite();
            }

            await end.WaitAsync(Limits.Wait);
        }
    });

    [Fact]
    public Task UrgentData_BehindAFilledRead_TheRestIsRead() => Run(async () =>
    {
        using Listener listener = Listen();
        using Socket peer = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await peer.ConnectAsync(listener.LocalEndPoint);
        using Conn conn = await listener.AcceptAsync();
        byte[] buffer = new byte[3];
        for (int round = 0; round < 20; round++)
        {
            Task reading = Where.Start(async () =>
            {
                await conn.ReadExactlyAsync(buffer);
                Assert.Equal("abc"u8, buffer);
                await conn.ReadExactlyAsync(buffer);
                Assert.Equal("def"u8, buffer);
            });
            peer.Send("abc"u8);
            peer.Send("U"u8, SocketFlags.OutOfBand);
            peer.Send("def"u8);
            await reading.WaitAsync(Limits.Wait);
        }
    });
}

/// <summary>On the scheduler's poller, in a goroutine.</summary>
public class EpollExactFillTests : ExactFillContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollExactFillOutsideTests : EpollExactFillTests
{
    private protected override Place Where => Place.Pool;
}
