namespace Goroutines.Peers;

/// <summary>cond: 8 goroutines meet again and again; the last to come broadcasts to the others. An operation is one such round.</summary>
internal static class Cond
{
    private const int Users = 8;

    public static async ValueTask RunAsync(int n)
    {
        var mu = new GoMutex();
        var met = new GoCond(mu);
        int round = 0, waiting = 0;
        var wg = new WaitGroup();
        wg.Add(Users);
        for (var user = 0; user < Users; user++)
        {
            Go.Spawn(async () =>
            {
                for (var i = 0; i < n; i++)
                {
                    using (await mu.LockAsync())
                    {
                        if (++waiting == Users)
                        {
                            waiting = 0;
                            round++;
                            met.Broadcast();
                        }
                        else
                        {
                            while (round == i)
                            {
                                await met.WaitAsync();
                            }
                        }
                    }
                }
                wg.Done();
            });
        }
        await wg.WaitAsync();
        if (round != n)
        {
            throw new InvalidOperationException("cond: rounds lost");
        }
    }
}
