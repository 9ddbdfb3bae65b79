using Proto;

namespace Goroutines.Peers.ProtoActor;

/// <summary>chameneos: creatures come to one place, where always two of them meet, see the other's colour and change their own. An operation is
/// one meeting.</summary>
internal static class Chameneos
{
    private sealed record Meet(PID Creature, int Colour);

    private sealed record Ended(int Meetings);

    private sealed record End;

    public static async ValueTask RunAsync(IRootContext root, int n)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var place = root.Spawn(() => new Place(n, done));
        var creatures = new PID[Suite.Creatures];
        for (var i = 0; i < Suite.Creatures; i++)
        {
            var colour = i % 3;
            creatures[i] = root.Spawn(() => new Creature(place, colour));
        }
        Check.Equal("chameneos", 2L * n, await done.Task);
        root.Stop(place);
        foreach (var creature in creatures)
        {
            root.Stop(creature);
        }
    }

    private sealed class Place(int n, TaskCompletionSource<long> done) : IActor
    {
        private Meet? _first;
        private int _left = n;
        private int _ended;
        private long _meetings;

        public Task ReceiveAsync(IContext context)
        {
            switch (context.Message)
            {
                case Meet meet when _left == 0:
                    context.Send(meet.Creature, new End());
                    break;
                case Meet meet when _first is null:
                    _first = meet;
                    break;
                case Meet meet:
                    _left--;
                    context.Send(meet.Creature, _first);
                    context.Send(_first.Creature, meet);
                    _first = null;
                    break;
                case Ended ended:
                    _meetings += ended.Meetings;
                    if (++_ended == Suite.Creatures)
                    {
                        done.SetResult(_meetings);
                    }
                    break;
            }
            return Task.CompletedTask;
        }
    }

    private sealed class Creature(PID place, int colour) : IActor
    {
        private int _colour = colour;
        private int _meetings;

        public Task ReceiveAsync(IContext context)
        {
            switch (context.Message)
            {
                case Meet meet:
                    _meetings++;
                    _colour = meet.Colour == _colour ? _colour : 3 - meet.Colour - _colour;
                    context.Send(place, new Meet(context.Self, _colour));
                    break;
                case Started:
                    context.Send(place, new Meet(context.Self, _colour));
                    break;
                case End:
                    context.Send(place, new Ended(_meetings));
                    break;
            }
            return Task.CompletedTask;
        }
    }
}
