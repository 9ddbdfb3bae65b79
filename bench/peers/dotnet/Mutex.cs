namespace Goroutines.Peers;

/// <summary>mutex: 8 tasks, one SemaphoreSlim around an increment.</summary>
internal static class Mutex
{
    public const int Users = 8;

    public static async ValueTask RunAsync(int n)
    {
        using var mutex = new SemaphoreSlim(1, 1);
        var countdown = new Countdown(Users);
        var counter = 0;
        for (var user = 0; user < Users; user++)
        {
            _ = Task.Run(async () =>
            {
                for (var i = 0; i < n / Users; i++)
                {
                    await mutex.WaitAsync();
                    counter++;
                    mutex.Release();
                }
                countdown.Done();
            });
        }
        await countdown.WaitAsync();
        if (counter != n)
        {
            throw new InvalidOperationException("mutex: increments lost");
        }
    }
}
