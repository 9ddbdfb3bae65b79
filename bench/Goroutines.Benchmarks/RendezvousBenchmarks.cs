using System.Threading.Channels;
using BenchmarkDotNet.Attributes;

namespace Goroutines.Benchmarks;

/// <summary>Two that hand a value to and fro over rendezvous channels. An operation is there and back.</summary>
[MemoryDiagnoser]
public class RendezvousBenchmarks
{
    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public void PingPong() => Go.Main(async () =>
    {
        var ping = new Chan<int>();
        var pong = new Chan<int>();
        Go.Spawn(async () =>
        {
            for (var i = 0; i < Batch.Operations; i++)
            {
                await pong.SendAsync((await ping.ReceiveAsync()).Value);
            }
        });
        for (var i = 0; i < Batch.Operations; i++)
        {
            await ping.SendAsync(i);
            await pong.ReceiveAsync();
        }
    });

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public async Task PingPong_Channels()
    {
        var ping = Channel.CreateBounded<int>(0);
        var pong = Channel.CreateBounded<int>(0);
        var partner = Task.Run(async () =>
        {
            for (var i = 0; i < Batch.Operations; i++)
            {
                await pong.Writer.WriteAsync(await ping.Reader.ReadAsync());
            }
        });
        for (var i = 0; i < Batch.Operations; i++)
        {
            await ping.Writer.WriteAsync(i);
            await pong.Reader.ReadAsync();
        }
        await partner;
    }
}
