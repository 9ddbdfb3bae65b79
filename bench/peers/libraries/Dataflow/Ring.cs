using System.Threading.Tasks.Dataflow;

namespace Goroutines.Peers.Dataflow;

/// <summary>ring: 503 blocks pass a token from each to the next. An operation is one pass.</summary>
internal static class Ring
{
    public static async ValueTask RunAsync(int n)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var blocks = new ActionBlock<int>[Suite.RingSize];
        var passes = 0;
        for (var i = 0; i < Suite.RingSize; i++)
        {
            var next = (i + 1) % Suite.RingSize;
            blocks[i] = new ActionBlock<int>(
                token =>
                {
                    passes++;
                    if (token > -Suite.RingSize + 1)
                    {
                        blocks[next].Post(token - 1);
                    }
                    else
                    {
                        done.SetResult();
                    }
                });
        }
        blocks[0].Post(n);
        await done.Task;
        Check.Equal("ring", n + Suite.RingSize, passes);
    }
}
