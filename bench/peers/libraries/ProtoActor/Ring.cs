using Proto;

namespace Goroutines.Peers.ProtoActor;

/// <summary>ring: 503 actors pass a token from each to the next. An operation is one pass.</summary>
internal static class Ring
{
    public static async ValueTask RunAsync(IRootContext root, int n)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var passes = new Counter();
        var actors = new PID[Suite.RingSize];
        for (var i = 0; i < Suite.RingSize; i++)
        {
            actors[i] = root.Spawn(() => new Passer(passes, done));
        }
        for (var i = 0; i < Suite.RingSize; i++)
        {
            root.Send(actors[i], actors[(i + 1) % Suite.RingSize]);
        }
        root.Send(actors[0], n);
        Check.Equal("ring", n + Suite.RingSize, await done.Task);
        foreach (var actor in actors)
        {
            root.Stop(actor);
        }
    }

    private sealed class Passer(Counter passes, TaskCompletionSource<long> done) : IActor
    {
        private PID? _next;

        public Task ReceiveAsync(IContext context)
        {
            switch (context.Message)
            {
                case int token:
                    // The token is with one actor at a time, and so is the counter.
                    passes.Value++;
                    if (token > -Suite.RingSize + 1)
                    {
                        context.Send(_next!, token - 1);
                    }
                    else
                    {
                        done.SetResult(passes.Value);
                    }
                    break;
                case PID next:
                    _next = next;
                    break;
            }
            return Task.CompletedTask;
        }
    }
}
