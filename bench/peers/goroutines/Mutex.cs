namespace Goroutines.Peers;

/// <summary>mutex: 8 goroutines, one mutex around an increment.</summary>
internal static class Mutex
{
    public const int Users = 8;

    public static async ValueTask RunAsync(int n)
    {
        var mu = new GoMutex();
        var wg = new WaitGroup();
        var counter = 0;
        wg.Add(Users);
        for (var user = 0; user < Users; user++)
        {
            Go.Spawn(async () =>
            {
                for (var i = 0; i < n / Users; i++)
                {
                    using (await mu.LockAsync())
                    {
                        counter++;
                    }
                }
                wg.Done();
            });
        }
        await wg.WaitAsync();
        if (counter != n)
        {
            throw new InvalidOperationException("mutex: increments lost");
        }
    }
}
