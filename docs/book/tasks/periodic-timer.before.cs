using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
using var stop = new CancellationTokenSource();
int ticks = 0;
try
{
    while (await timer.WaitForNextTickAsync(stop.Token))
    {
        Console.WriteLine($"tick {++ticks}");
        if (ticks == 3)
        {
            await stop.CancelAsync();
        }
    }
}
catch (OperationCanceledException)
{
    Console.WriteLine("stopped");
}
