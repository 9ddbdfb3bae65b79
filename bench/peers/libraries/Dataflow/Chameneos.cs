using System.Threading.Tasks.Dataflow;

namespace Goroutines.Peers.Dataflow;

/// <summary>chameneos: creatures come to one place, where always two of them meet, see the other's colour and change their own. An operation is
/// one meeting.</summary>
internal static class Chameneos
{
    public static async ValueTask RunAsync(int n)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (left, ended) = (n, 0);
        Creature? first = null;
        var place = new ActionBlock<Creature>(creature =>
        {
            if (left == 0)
            {
                if (++ended == Suite.Creatures)
                {
                    done.SetResult();
                }
                return;
            }
            if (first is not { } other)
            {
                first = creature;
                return;
            }
            first = null;
            left--;
            var (one, two) = (other.Colour, creature.Colour);
            other.Mailbox.Post(two);
            creature.Mailbox.Post(one);
        });
        var creatures = new Creature[Suite.Creatures];
        for (var i = 0; i < Suite.Creatures; i++)
        {
            creatures[i] = new Creature(place, i % 3);
            place.Post(creatures[i]);
        }
        await done.Task;
        Check.Equal("chameneos", 2L * n, creatures.Sum(creature => creature.Meetings));
    }

    private sealed class Creature
    {
        public Creature(ActionBlock<Creature> place, int colour)
        {
            Colour = colour;
            Mailbox = new ActionBlock<int>(
                other =>
                {
                    Meetings++;
                    Colour = other == Colour ? Colour : 3 - other - Colour;
                    place.Post(this);
                });
        }

        public ActionBlock<int> Mailbox { get; }

        public int Colour { get; private set; }

        public int Meetings { get; private set; }
    }
}
