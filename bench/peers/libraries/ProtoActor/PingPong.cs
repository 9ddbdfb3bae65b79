using Proto;

namespace Goroutines.Peers.ProtoActor;

/// <summary>pingpong, pingpong100: two actors; one answers each number with the next one. An operation is one number and its answer.</summary>
internal static class PingPong
{
    private sealed record Start(PID Ponger);

    public static async ValueTask RunAsync(IRootContext root, int inFlight, int n)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var pinger = root.Spawn(() => new Pinger(inFlight, n, done));
        var ponger = root.Spawn(() => new Ponger(pinger));
        root.Send(pinger, new Start(ponger));
        Check.Equal("pingpong", Check.SumBelow(n) + n, await done.Task);
        root.Stop(pinger);
        root.Stop(ponger);
    }

    private sealed class Pinger(int inFlight, int n, TaskCompletionSource<long> done) : IActor
    {
        private PID? _ponger;
        private int _sent;
        private int _received;
        private long _sum;

        public Task ReceiveAsync(IContext context)
        {
            switch (context.Message)
            {
                case int answer:
                    _sum += answer;
                    if (_sent < n)
                    {
                        context.Send(_ponger!, _sent++);
                    }
                    if (++_received == n)
                    {
                        done.SetResult(_sum);
                    }
                    break;
                case Start start:
                    _ponger = start.Ponger;
                    while (_sent < inFlight)
                    {
                        context.Send(_ponger, _sent++);
                    }
                    break;
            }
            return Task.CompletedTask;
        }
    }

    private sealed class Ponger(PID pinger) : IActor
    {
        public Task ReceiveAsync(IContext context)
        {
            if (context.Message is int value)
            {
                context.Send(pinger, value + 1);
            }
            return Task.CompletedTask;
        }
    }
}
