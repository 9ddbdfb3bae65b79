using System.Threading.Tasks.Dataflow;

namespace Goroutines.Peers.Dataflow;

/// <summary>counting (Savina's count): one task posts, one block adds up. An operation is one number.</summary>
internal static class Counting
{
    public static async ValueTask RunAsync(int n)
    {
        var sum = 0L;
        var counter = new ActionBlock<int>(value => sum += value);
        for (var i = 0; i < n; i++)
        {
            counter.Post(i);
        }
        counter.Complete();
        await counter.Completion;
        Check.Equal("counting", Check.SumBelow(n), sum);
    }
}
