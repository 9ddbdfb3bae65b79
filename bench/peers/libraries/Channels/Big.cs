using System.Threading.Channels;

namespace Goroutines.Peers.Channels;

/// <summary>
/// big (Savina): 120 tasks with a mailbox each. Each pings one of the others at random, again and again, and answers the pings of the others
/// meanwhile. An operation is one ping and its answer.
/// </summary>
internal static class Big
{
    /// <param name="From">The member that pings; -1: an answer.</param>
    private readonly record struct Message(int From);

    public static async ValueTask RunAsync(Mailboxes mailboxes, int n)
    {
        var channels = new Channel<Message>[Suite.Members];
        for (var i = 0; i < Suite.Members; i++)
        {
            channels[i] = mailboxes.ManyToOne<Message>();
        }
        var finished = new Countdown(Suite.Members);
        var members = new Task<int>[Suite.Members];
        for (var i = 0; i < Suite.Members; i++)
        {
            var member = i;
            members[i] = Task.Run(() => MemberAsync(member, n / Suite.Members, channels, finished));
        }
        await finished.WaitAsync();
        foreach (var channel in channels)
        {
            channel.Writer.Complete();
        }
        Check.Equal("big", n, (await Task.WhenAll(members)).Sum());
    }

    private static async Task<int> MemberAsync(int number, int pings, Channel<Message>[] channels, Countdown finished)
    {
        var neighbours = new Neighbours(number);
        var answers = 0;
        channels[neighbours.Next()].Writer.TryWrite(new Message(number));
        var mailbox = channels[number].Reader;
        while (await mailbox.WaitToReadAsync())
        {
            while (mailbox.TryRead(out var message))
            {
                if (message.From >= 0)
                {
                    channels[message.From].Writer.TryWrite(new Message(-1));
                }
                else if (++answers < pings)
                {
                    channels[neighbours.Next()].Writer.TryWrite(new Message(number));
                }
                else
                {
                    finished.Done();
                }
            }
        }
        return answers;
    }
}
