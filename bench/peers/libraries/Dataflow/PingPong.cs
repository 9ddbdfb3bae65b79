using System.Threading.Tasks.Dataflow;

namespace Goroutines.Peers.Dataflow;

/// <summary>pingpong, pingpong100: two blocks; one answers each number with the next one. An operation is one number and its answer.</summary>
internal static class PingPong
{
    public static async ValueTask RunAsync(int inFlight, int n)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        ActionBlock<int>? pinger = null;
        var ponger = new ActionBlock<int>(value => pinger!.Post(value + 1));
        var (sent, received, sum) = (0, 0, 0L);
        pinger = new ActionBlock<int>(
            value =>
            {
                sum += value;
                if (sent < n)
                {
                    ponger.Post(sent++);
                }
                if (++received == n)
                {
                    done.SetResult(sum);
                }
            });
        sent = inFlight;
        for (var i = 0; i < inFlight; i++)
        {
            ponger.Post(i);
        }
        Check.Equal("pingpong", Check.SumBelow(n) + n, await done.Task);
    }
}
