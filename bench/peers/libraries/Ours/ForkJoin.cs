namespace Goroutines.Peers.Ours;

/// <summary>forkjoin (Savina's fjthrput): one goroutine deals numbers out to 60 in turn, each of which adds up. An operation is one number.</summary>
internal static class ForkJoin
{
    public static async ValueTask RunAsync(int n)
    {
        var mailboxes = new Chan<int>[Suite.Workers];
        var workers = new Goroutine<long>[Suite.Workers];
        for (var i = 0; i < Suite.Workers; i++)
        {
            var mailbox = mailboxes[i] = new Chan<int>(Counting.Mailbox);
            workers[i] = Go.Run(async () =>
            {
                var sum = 0L;
                while (await mailbox.ReceiveAsync() is (var value, true))
                {
                    sum += value;
                }
                return sum;
            });
        }
        for (var i = 0; i < n; i++)
        {
            await mailboxes[i % Suite.Workers].SendAsync(i);
        }
        var total = 0L;
        for (var i = 0; i < Suite.Workers; i++)
        {
            mailboxes[i].Close();
            total += await workers[i];
        }
        Check.Equal("forkjoin", Check.SumBelow(n), total);
    }
}
