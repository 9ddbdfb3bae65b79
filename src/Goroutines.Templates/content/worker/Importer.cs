using Goroutines;
using Goroutines.Hosting;

namespace GoroutinesProject;

/// <summary>Imports at intervals. Runs for as long as the host, and is started again when it fails.</summary>
public sealed class Importer(ILogger<Importer> logger) : IGoroutineBody
{
    public async ValueTask RunAsync(GoContext context)
    {
        using var ticker = new Ticker(TimeSpan.FromSeconds(1));
        var select = new Select();
        var tick = select.Receive(ticker.C);
        var stop = select.Receive(context);
        while (true)
        {
            await select.WaitAsync();
            if (stop.Selected)
            {
                logger.LogInformation("stopping");
                return;
            }

            if (tick.Selected)
            {
                logger.LogInformation("importing what came before {Time:T}", tick.Value);
                await ImportAsync(context);
            }
        }
    }

    // The parts of one import, four at a time; the first that fails stops the others.
    private static async ValueTask ImportAsync(GoContext context)
    {
        var group = new ErrGroup(context) { Limit = 4 };
        foreach (int part in Enumerable.Range(1, 8))
        {
            await group.SpawnAsync(async () =>
                await Go.SleepAsync(TimeSpan.FromMilliseconds(part), group.CancellationToken));      // your work here
        }

        await group.WaitAsync();
    }
}
