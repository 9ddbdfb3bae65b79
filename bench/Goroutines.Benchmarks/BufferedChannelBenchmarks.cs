using System.Threading.Channels;
using BenchmarkDotNet.Attributes;

namespace Goroutines.Benchmarks;

/// <summary>A value into a buffer with room and out again: nobody waits. An operation is a send and a receive.</summary>
[MemoryDiagnoser]
public class BufferedChannelBenchmarks
{
    private readonly Chan<int> _chan = new(1);
    private readonly Channel<int> _channel = Channel.CreateBounded<int>(1);

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public int SendReceive() => Go.Main(async () =>
    {
        var sum = 0;
        for (var i = 0; i < Batch.Operations; i++)
        {
            await _chan.SendAsync(i);
            sum += (await _chan.ReceiveAsync()).Value;
        }
        return sum;
    });

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public async Task<int> WriteRead_Channels()
    {
        var sum = 0;
        for (var i = 0; i < Batch.Operations; i++)
        {
            await _channel.Writer.WriteAsync(i);
            sum += await _channel.Reader.ReadAsync();
        }
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public int TrySendTryReceive()
    {
        var sum = 0;
        for (var i = 0; i < Batch.Operations; i++)
        {
            _chan.TrySend(i);
            if (_chan.TryReceive(out var received))
            {
                sum += received.Value;
            }
        }
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public int TryWriteTryRead_Channels()
    {
        var sum = 0;
        for (var i = 0; i < Batch.Operations; i++)
        {
            _channel.Writer.TryWrite(i);
            if (_channel.Reader.TryRead(out var value))
            {
                sum += value;
            }
        }
        return sum;
    }
}
