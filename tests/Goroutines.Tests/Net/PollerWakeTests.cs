using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Workers that sleep in the poll are woken when they are needed elsewhere.</summary>
[Collection(StressCollection.Name)]
public class PollerWakeTests
{
    /// <summary>
    /// Reads that go on outside of their goroutine wake it from the thread pool, while its runtime's workers sleep in the poll, or are
    /// just going there.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task WokenFromOutside_WhileWorkersPoll_NoWakeUpIsLost(int maxProcs)
    {
        var random = new Random(Seed.Get(nameof(WokenFromOutside_WhileWorkersPoll_NoWakeUpIsLost)));
        for (int round = 0; round < Load.Times(40); round++)
        {
            await Isolated.GoAsync(maxProcs, async () =>
            {
                using Listener listener = Listener.Listen("127.0.0.1:0");
                Goroutine server = Go.Run(async () =>
                {
                    await using Conn conn = await listener.AcceptAsync();
                    byte[] received = new byte[4];
                    for (int count = 0; count < received.Length;)
                    {
                        count += await conn.ReadAsync(received.AsMemory(count)).ConfigureAwait(false);
                    }

                    await conn.WriteAsync(received);
                });
                await using Conn client = await Conn.DialAsync(listener.LocalEndPoint.ToString()!);
                byte[] one = new byte[1];
                for (int i = 0; i < 4; i++)
                {
                    await Go.SleepAsync(TimeSpan.FromMicroseconds(random.Next(1000)));
                    await client.WriteAsync(one);
                }

                await client.ReadExactlyAsync(new byte[4]);
                await server;
            });
        }
    }
}
