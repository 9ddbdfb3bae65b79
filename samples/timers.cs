#:project ../src/Goroutines/Goroutines.csproj

// Timers: a sleep, a channel that delivers after a while, and a select that gives up waiting.
// Prints what woke each, in the order of their deadlines, and that none was early.

using System.Diagnostics;
using Goroutines;

Go.Main(async () =>
{
    var clock = Stopwatch.StartNew();

    // Three sleepers, the longest started first: the shortest wakes first.
    var awake = new Chan<int>();
    int[] durations = [300, 200, 100];
    foreach (var milliseconds in durations)
    {
        Go.Spawn(async () =>
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(milliseconds));
            await awake.SendAsync(milliseconds);
        });
    }

    for (var i = 0; i < 3; i++)
    {
        var (milliseconds, _) = await awake.ReceiveAsync();
        Console.WriteLine($"slept {milliseconds} ms, early: {clock.ElapsedMilliseconds < milliseconds}");
    }

    // Go.After: a deadline for a whole loop, as one more case of a select.
    var ticks = new Chan<int>();
    Go.Spawn(async () =>
    {
        for (var i = 1; i <= 3; i++)
        {
            await ticks.SendAsync(i);
        }
    });

    var loop = new Select();
    var tick = loop.Receive(ticks);
    var deadline = loop.Receive(Go.After(TimeSpan.FromMilliseconds(200)));
    while (true)
    {
        await loop.WaitAsync();
        if (!tick.Selected)
        {
            break;
        }

        Console.WriteLine($"tick {tick.Value}");
    }

    Console.WriteLine($"deadline reached: {deadline.Selected}");

    // Timeout: armed anew by each wait.
    var silent = new Chan<string>();
    await new Select()
        .Receive(silent, out var message)
        .Timeout(TimeSpan.FromMilliseconds(50), out var timeout)
        .WaitAsync();
    Console.WriteLine($"message: {message.Selected}, timeout: {timeout.Selected}");
});
