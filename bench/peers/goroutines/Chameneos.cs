namespace Goroutines.Peers;

/// <summary>chameneos: creatures come to one place, where always two of them meet, see the other's colour and change their own. An operation
/// is one meeting.</summary>
internal static class Chameneos
{
    private const int Creatures = 4;

    private readonly record struct Creature(int Colour, Chan<int> Met);

    public static async ValueTask RunAsync(int n)
    {
        var place = new Chan<Creature>();
        var wg = new WaitGroup();
        var meetings = new int[Creatures];
        wg.Add(Creatures);
        for (var i = 0; i < Creatures; i++)
        {
            var number = i;
            Go.Spawn(async () =>
            {
                var me = new Creature(number % 3, new Chan<int>());
                while (true)
                {
                    await place.SendAsync(me);
                    var other = await me.Met.TakeAsync();
                    if (other < 0)
                    {
                        break;
                    }
                    meetings[number]++;
                    if (other != me.Colour)
                    {
                        me = me with { Colour = 3 - other - me.Colour };
                    }
                }
                wg.Done();
            });
        }
        for (var i = 0; i < n; i++)
        {
            var one = await place.TakeAsync();
            var two = await place.TakeAsync();
            await one.Met.SendAsync(two.Colour);
            await two.Met.SendAsync(one.Colour);
        }
        for (var i = 0; i < Creatures; i++)
        {
            await (await place.TakeAsync()).Met.SendAsync(-1);
        }
        await wg.WaitAsync();
        if (meetings.Sum() != 2 * n)
        {
            throw new InvalidOperationException("chameneos: meetings lost");
        }
    }
}
