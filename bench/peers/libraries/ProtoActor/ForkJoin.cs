using Proto;

namespace Goroutines.Peers.ProtoActor;

/// <summary>forkjoin (Savina's fjthrput): one task deals numbers out to 60 actors in turn, each of which adds up. An operation is one
/// number.</summary>
internal static class ForkJoin
{
    private sealed record End;

    public static async ValueTask RunAsync(IRootContext root, int n)
    {
        var done = new Countdown(Suite.Workers);
        var total = new Total();
        var workers = new PID[Suite.Workers];
        for (var i = 0; i < Suite.Workers; i++)
        {
            workers[i] = root.Spawn(() => new Worker(total, done));
        }
        for (var i = 0; i < n; i++)
        {
            root.Send(workers[i % Suite.Workers], i);
        }
        foreach (var worker in workers)
        {
            root.Send(worker, new End());
        }
        await done.WaitAsync();
        Check.Equal("forkjoin", Check.SumBelow(n), total.Value);
        foreach (var worker in workers)
        {
            root.Stop(worker);
        }
    }

    private sealed class Worker(Total total, Countdown done) : IActor
    {
        private long _sum;

        public Task ReceiveAsync(IContext context)
        {
            switch (context.Message)
            {
                case int value:
                    _sum += value;
                    break;
                case End:
                    total.Add(_sum);
                    done.Done();
                    break;
            }
            return Task.CompletedTask;
        }
    }
}
