namespace Goroutines.Peers.Ours;

/// <summary>
/// big (Savina): 120 goroutines with a mailbox each. Each pings one of the others at random, again and again, and answers the pings of the others
/// meanwhile. An operation is one ping and its answer.
/// </summary>
internal static class Big
{
    /// <param name="From">The member that pings; -1: an answer.</param>
    private readonly record struct Message(int From);

    public static async ValueTask RunAsync(int n)
    {
        // At most one ping of each other member and one answer are under way to a member.
        var mailboxes = new Chan<Message>[Suite.Members];
        for (var i = 0; i < Suite.Members; i++)
        {
            mailboxes[i] = new Chan<Message>(Suite.Members);
        }
        var finished = new WaitGroup();
        var ended = new WaitGroup();
        finished.Add(Suite.Members);
        var answers = 0L;
        for (var i = 0; i < Suite.Members; i++)
        {
            var member = i;
            ended.Spawn(async () => Interlocked.Add(ref answers, await MemberAsync(member, n / Suite.Members, mailboxes, finished)));
        }
        await finished.WaitAsync();
        foreach (var mailbox in mailboxes)
        {
            mailbox.Close();
        }
        await ended.WaitAsync();
        Check.Equal("big", n, answers);
    }

    private static async ValueTask<int> MemberAsync(int number, int pings, Chan<Message>[] mailboxes, WaitGroup finished)
    {
        var neighbours = new Neighbours(number);
        var answers = 0;
        await mailboxes[neighbours.Next()].SendAsync(new Message(number));
        while (await mailboxes[number].ReceiveAsync() is (var message, true))
        {
            if (message.From >= 0)
            {
                await mailboxes[message.From].SendAsync(new Message(-1));
            }
            else if (++answers < pings)
            {
                await mailboxes[neighbours.Next()].SendAsync(new Message(number));
            }
            else
            {
                finished.Done();
            }
        }
        return answers;
    }
}
