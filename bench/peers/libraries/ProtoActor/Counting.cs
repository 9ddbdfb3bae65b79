using Proto;

namespace Goroutines.Peers.ProtoActor;

/// <summary>counting (Savina's count): one actor sends, one adds up. An operation is one number.</summary>
internal static class Counting
{
    private sealed record End;

    public static async ValueTask RunAsync(IRootContext root, int n)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var counter = root.Spawn(() => new Adder(done));
        var producer = root.Spawn(() => new Producer(counter, n));
        Check.Equal("counting", Check.SumBelow(n), await done.Task);
        root.Stop(producer);
        root.Stop(counter);
    }

    private sealed class Producer(PID counter, int n) : IActor
    {
        public Task ReceiveAsync(IContext context)
        {
            if (context.Message is Started)
            {
                for (var i = 0; i < n; i++)
                {
                    context.Send(counter, i);
                }
                context.Send(counter, new End());
            }
            return Task.CompletedTask;
        }
    }

    private sealed class Adder(TaskCompletionSource<long> done) : IActor
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
                    done.SetResult(_sum);
                    break;
            }
            return Task.CompletedTask;
        }
    }
}
