using System.Threading.Tasks.Dataflow;

namespace Goroutines.Peers.Dataflow;

/// <summary>forkjoin (Savina's fjthrput): one task deals numbers out to 60 blocks in turn, each of which adds up. An operation is one
/// number.</summary>
internal static class ForkJoin
{
    public static async ValueTask RunAsync(int n)
    {
        Worker[] workers = [.. Enumerable.Range(0, Suite.Workers).Select(static _ => new Worker())];
        for (var i = 0; i < n; i++)
        {
            workers[i % Suite.Workers].Mailbox.Post(i);
        }
        var total = 0L;
        foreach (var worker in workers)
        {
            worker.Mailbox.Complete();
            await worker.Mailbox.Completion;
            total += worker.Sum;
        }
        Check.Equal("forkjoin", Check.SumBelow(n), total);
    }

    private sealed class Worker
    {
        public Worker() => Mailbox = new ActionBlock<int>(value => Sum += value);

        public ActionBlock<int> Mailbox { get; }

        public long Sum { get; private set; }
    }
}
