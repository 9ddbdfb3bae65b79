using System.Buffers.Binary;
using System.Security.Cryptography;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Several users of one connection take turns, and nothing is mixed or lost.</summary>
public abstract class ConnSharingContract : NetContract
{
    [Fact]
    public Task Writes_OfMany_AreNotMixed() => Run(async () =>
    {
        var random = new Random(Seed.Get(nameof(Writes_OfMany_AreNotMixed)));
        const int Writers = 6;
        int blocks = Load.Times(15);
        int[] sizes = [.. Enumerable.Range(0, Writers * blocks).Select(i => i % 5 == 0 ? 400_000 + random.Next(400_000) : 1 + random.Next(2000))];
        using ConnPair pair = await PairAsync();
        Task[] writers = [.. Enumerable.Range(0, Writers).Select(writer => Where.Start(async () =>
        {
            for (int i = 0; i < blocks; i++)
            {
                // A block: its length, then that many bytes that tell whose it is.
                byte[] block = new byte[4 + sizes[(writer * blocks) + i]];
                BinaryPrimitives.WriteInt32LittleEndian(block, block.Length - 4);
                block.AsSpan(4).Fill((byte)writer);
                if (writer == 0)
                {
                    pair.Client.Write(block); // blocks its thread
                }
                else
                {
                    await pair.Client.WriteAsync(block);
                }
            }
        }))];
        byte[] header = new byte[4];
        int[] seen = new int[Writers];
        for (int i = 0; i < sizes.Length; i++)
        {
            await pair.Server.ReadExactlyAsync(header);
            byte[] body = new byte[BinaryPrimitives.ReadInt32LittleEndian(header)];
            await pair.Server.ReadExactlyAsync(body);
            int writer = body[0];
            Assert.Equal(-1, body.AsSpan().IndexOfAnyExcept((byte)writer));
            Assert.Equal(sizes[(writer * blocks) + seen[writer]++], body.Length);
        }

        await Task.WhenAll(writers);
    });

    [Fact]
    public Task Reads_OfMany_ShareTheBytes() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        long sum = 0;
        long count = 0;
        Task[] readers = [.. Enumerable.Range(0, 5).Select(_ => Where.Start(async () =>
        {
            byte[] buffer = new byte[777];
            int got;
            while ((got = await pair.Server.ReadAsync(buffer)) != 0)
            {
                int part = 0;
                foreach (byte value in buffer.AsSpan(0, got))
                {
                    part += value;
                }

                Interlocked.Add(ref sum, part);
                Interlocked.Add(ref count, got);
            }
        }))];
        long expected = 0;
        byte[] bytes = new byte[1000];
        int rounds = Load.Times(300);
        for (int i = 0; i < rounds; i++)
        {
            bytes.AsSpan().Fill((byte)i);
            expected += (byte)i * bytes.Length;
            await pair.Client.WriteAsync(bytes);
        }

        pair.Client.CloseWrite();
        await Task.WhenAll(readers);
        Assert.Equal((long)rounds * bytes.Length, count);
        Assert.Equal(expected, sum);
    });

    [Fact]
    public Task Reads_Waiting_AreServedInOrder() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        byte[][] buffers = [.. Enumerable.Range(0, 10).Select(static _ => new byte[1])];
        Task<int>[] reads = [.. buffers.Select(buffer => pair.Server.ReadAsync(buffer).AsTask())];
        await pair.Client.WriteAsync(Enumerable.Range(0, 10).Select(static i => (byte)i).ToArray());
        await Task.WhenAll(reads);
        Assert.Equal(Enumerable.Range(0, 10), buffers.Select(static buffer => (int)buffer[0]));
    });

    [Fact]
    [Trait("Size", "Large")]
    public Task Transfer_100Megabytes_ArrivesIntact() => Run(async () =>
    {
        const int Total = 100_000_000;
        using ConnPair pair = await PairAsync();
        int seed = Seed.Get(nameof(Transfer_100Megabytes_ArrivesIntact));
        Task<byte[]> sending = Send();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[80_000];
        long total = 0;
        int got;
        while ((got = await pair.Server.ReadAsync(buffer)) != 0)
        {
            hash.AppendData(buffer, 0, got);
            total += got;
        }

        Assert.Equal(Total, total);
        Assert.Equal(await sending, hash.GetHashAndReset());

        async Task<byte[]> Send()
        {
            byte[]? sum = null;
            await Where.Start(async () =>
            {
                using var sent = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                var random = new Random(seed);
                byte[] bytes = new byte[1_000_000];
                random.NextBytes(bytes);
                for (int left = Total; left > 0;)
                {
                    int size = Math.Min(left, 1 + random.Next(bytes.Length));
                    bytes[random.Next(size)]++;
                    sent.AppendData(bytes, 0, size);
                    await pair.Client.WriteAsync(bytes.AsMemory(0, size));
                    left -= size;
                }

                sum = sent.GetHashAndReset();
                pair.Client.CloseWrite();
            });
            return sum!;
        }
    });
}

/// <summary>On the scheduler's poller, in a goroutine.</summary>
public class EpollConnSharingTests : ConnSharingContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollConnSharingOutsideTests : EpollConnSharingTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the framework's sockets, in a goroutine.</summary>
public class FrameworkConnSharingTests : ConnSharingContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
