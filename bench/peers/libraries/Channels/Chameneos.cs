using System.Threading.Channels;

namespace Goroutines.Peers.Channels;

/// <summary>chameneos: creatures come to one place, where always two of them meet, see the other's colour and change their own. An operation is
/// one meeting.</summary>
internal static class Chameneos
{
    private readonly record struct Creature(int Colour, ChannelWriter<int> Met);

    public static async ValueTask RunAsync(Mailboxes mailboxes, int n)
    {
        var place = mailboxes.ManyToOne<Creature>();
        var creatures = new Task<int>[Suite.Creatures];
        for (var i = 0; i < Suite.Creatures; i++)
        {
            var colour = i % 3;
            creatures[i] = Task.Run(() => LiveAsync(colour, place.Writer, mailboxes.OneToOne<int>()));
        }
        for (var i = 0; i < n; i++)
        {
            var one = await place.Reader.ReadAsync();
            var two = await place.Reader.ReadAsync();
            one.Met.TryWrite(two.Colour);
            two.Met.TryWrite(one.Colour);
        }
        for (var i = 0; i < Suite.Creatures; i++)
        {
            (await place.Reader.ReadAsync()).Met.Complete();
        }
        Check.Equal("chameneos", 2L * n, (await Task.WhenAll(creatures)).Sum());
    }

    private static async Task<int> LiveAsync(int colour, ChannelWriter<Creature> place, Channel<int> met)
    {
        for (var meetings = 0; ; meetings++)
        {
            place.TryWrite(new Creature(colour, met.Writer));
            if (!await met.Reader.WaitToReadAsync() || !met.Reader.TryRead(out var other))
            {
                return meetings;
            }
            colour = other == colour ? colour : 3 - other - colour;
        }
    }
}
