using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Goroutines.Net;
using Goroutines.Tests.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Interop.Tests;

/// <summary>System.IO.Pipelines over a connection.</summary>
public abstract class PipelinesContract : NetContract
{
    private const int Messages = 300;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task ReaderAndWriter_FramedMessages_ArriveWhole(bool zeroByteReads) => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        byte[] payload = RandomNumberGenerator.GetBytes(40_000);
        Task sending = Where.Start(async () =>
        {
            PipeWriter writer = PipeWriter.Create(pair.Client);
            for (int i = 0; i < Messages; i++)
            {
                int length = i * 131 % payload.Length;
                BinaryPrimitives.WriteInt32LittleEndian(writer.GetSpan(sizeof(int)), length);
                writer.Advance(sizeof(int));
                writer.Write(payload.AsSpan(0, length));
                await writer.FlushAsync();
            }

            await writer.CompleteAsync(); // which disposes of the connection
        });

        PipeReader reader = PipeReader.Create(pair.Server, new StreamPipeReaderOptions(useZeroByteReads: zeroByteReads));
        int count = 0;
        while (true)
        {
            ReadResult result = await reader.ReadAsync();
            ReadOnlySequence<byte> rest = result.Buffer;
            while (TryTake(ref rest, out ReadOnlySequence<byte> message))
            {
                int length = count++ * 131 % payload.Length;
                Assert.True(payload.AsSpan(0, length).SequenceEqual(message.ToArray()), $"message {count} is another than the one sent");
            }

            reader.AdvanceTo(rest.Start, rest.End);
            if (result.IsCompleted)
            {
                Assert.True(rest.IsEmpty);
                break;
            }
        }

        Assert.Equal(Messages, count);
        await sending;
        await reader.CompleteAsync();
        Assert.False(pair.Server.CanRead);
    });

    [Fact]
    public Task CancelPendingRead_WhileItWaits_ConnectionGoesOn() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        PipeReader reader = PipeReader.Create(pair.Server);
        ValueTask<ReadResult> read = reader.ReadAsync();
        Assert.False(read.IsCompleted);
        reader.CancelPendingRead();
        Assert.True((await read).IsCanceled);
        await pair.Client.WriteAsync("after"u8.ToArray());
        Assert.Equal("after"u8.ToArray(), (await reader.ReadAtLeastAsync(5)).Buffer.ToArray());
    });

    private static bool TryTake(ref ReadOnlySequence<byte> rest, out ReadOnlySequence<byte> message)
    {
        var reader = new SequenceReader<byte>(rest);
        if (reader.TryReadLittleEndian(out int length) && reader.TryReadExact(length, out message))
        {
            rest = reader.UnreadSequence;
            return true;
        }

        message = default;
        return false;
    }
}

/// <summary>On the scheduler's poller.</summary>
public class EpollPipelinesTests : PipelinesContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollPipelinesOutsideTests : EpollPipelinesTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the framework's sockets.</summary>
public sealed class FrameworkPipelinesTests : PipelinesContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
