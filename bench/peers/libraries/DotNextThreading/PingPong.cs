using DotNext.Threading;

namespace Goroutines.Peers.DotNextThreading;

/// <summary>pingpong: two tasks, an event each way with the number beside it; one answers each number with the next one. An operation is one
/// number and its answer.</summary>
internal static class PingPong
{
    public static async ValueTask RunAsync(int n)
    {
        using var ping = new AsyncAutoResetEvent(initialState: false);
        using var pong = new AsyncAutoResetEvent(initialState: false);
        var number = 0;
        var ponger = Task.Run(async () =>
        {
            for (var i = 0; i < n; i++)
            {
                await ping.WaitAsync();
                number++;
                pong.Set();
            }
        });
        var sum = 0L;
        for (var i = 0; i < n; i++)
        {
            number = i;
            ping.Set();
            await pong.WaitAsync();
            sum += number;
        }
        await ponger;
        Check.Equal("pingpong", Check.SumBelow(n) + n, sum);
    }
}
