using Proto;

namespace Goroutines.Peers.ProtoActor;

/// <summary>
/// big (Savina): 120 actors. Each pings one of the others at random, again and again, and answers the pings of the others meanwhile. An operation
/// is one ping and its answer.
/// </summary>
internal static class Big
{
    private sealed record Start;

    private sealed record Ping(PID From);

    private sealed record Pong
    {
        public static readonly Pong Instance = new();
    }

    public static async ValueTask RunAsync(IRootContext root, int n)
    {
        var finished = new Countdown(Suite.Members);
        var total = new Total();
        var members = new PID[Suite.Members];
        for (var i = 0; i < Suite.Members; i++)
        {
            var member = i;
            members[i] = root.Spawn(() => new Member(member, n / Suite.Members, members, total, finished));
        }
        foreach (var member in members)
        {
            root.Send(member, new Start());
        }
        await finished.WaitAsync();
        Check.Equal("big", n, total.Value);
        foreach (var member in members)
        {
            root.Stop(member);
        }
    }

    private sealed class Member(int number, int pings, PID[] members, Total total, Countdown finished) : IActor
    {
        private Neighbours _neighbours = new(number);
        private Ping? _ping;
        private int _answers;

        public Task ReceiveAsync(IContext context)
        {
            switch (context.Message)
            {
                case Ping ping:
                    context.Send(ping.From, Pong.Instance);
                    break;
                case Pong when ++_answers == pings:
                    total.Add(_answers);
                    finished.Done();
                    break;
                case Pong:
                    context.Send(members[_neighbours.Next()], _ping!);
                    break;
                case Start:
                    _ping = new Ping(context.Self);
                    context.Send(members[_neighbours.Next()], _ping);
                    break;
            }
            return Task.CompletedTask;
        }
    }
}
