#:project ../../../src/Goroutines.Testing/Goroutines.Testing.csproj

using Goroutines;
using Goroutines.Testing;

GoTest.Run(async () =>                               // virtual time
{
    DateTimeOffset begun = Go.Now;
    using CancelContext stop = GoContext.Background.WithTimeout(TimeSpan.FromSeconds(150));
    int starts = 0;
    await Supervisor.RunAsync(async context =>
    {
        Console.WriteLine($"{(Go.Now - begun).TotalSeconds} s: start {++starts}");
        await Go.SleepAsync(TimeSpan.FromSeconds(starts == 4 ? 120 : 1), context);       // the fourth lasts
        throw new IOException("lost the connection");
    }, exception => Console.WriteLine($"{(Go.Now - begun).TotalSeconds} s: {exception.Message}"), stop);
    Console.WriteLine($"{(Go.Now - begun).TotalSeconds} s: stopped");
});

internal static class Supervisor
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_healthyAfter = TimeSpan.FromMinutes(1);

    // Runs the body until the context ends; starts it again when it fails, after a pause that doubles until the body has lasted a while.
    // A body that returns has done its work. In a host, Goroutines.Hosting does this: services.AddGoroutine<T>().
    public static async ValueTask RunAsync(Func<GoContext, ValueTask> body, Action<Exception> onFailure, GoContext context)
    {
        TimeSpan pause = s_firstPause;
        while (!context.IsCancelled)
        {
            DateTimeOffset begun = Go.Now;
            try
            {
                await body(context);
                return;
            }
            catch (OperationCanceledException) when (context.IsCancelled)
            {
                return;
            }
            catch (Exception exception)
            {
                onFailure(exception);
            }

            pause = Go.Now - begun >= s_healthyAfter ? s_firstPause : pause;
            await new Select().AndReceive(context).AndTimeout(pause).WaitAsync();
            pause = TimeSpan.FromTicks(Math.Min((pause * 2).Ticks, s_longestPause.Ticks));
        }
    }
}
