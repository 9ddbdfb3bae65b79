#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

using var ticker = new Ticker(TimeSpan.FromMilliseconds(2));
using CancelContext stop = GoContext.Background.WithCancel();
int ticks = 0;

var select = new Select();
var tick = select.Receive(ticker.C);
var stopped = select.Receive(stop);                  // a tick and its end wait together, without an exception
while (!stopped.Selected)
{
    await select.WaitAsync();
    if (tick.Selected)
    {
        Console.WriteLine($"tick {++ticks}");
        if (ticks == 3)
        {
            stop.Cancel();
            tick.Enabled = false;                    // both may be ready: no fourth tick
        }
    }
}

Console.WriteLine("stopped");
