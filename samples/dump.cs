#:project ../src/Goroutines/Goroutines.csproj

// Looking at all goroutines: Go.Snapshot gives them as data, Go.Dump in the form of a Go traceback.
// Prints how many goroutines wait for what, then the dump.

using Goroutines;

Go.Main(async () =>
{
    var quiet = new Chan<int>();
    var full = new Chan<int>();

    for (var i = 0; i < 3; i++)
    {
        Go.Spawn(async () => await quiet.ReceiveAsync());
    }

    Go.Spawn(async () => await full.SendAsync(1));
    Go.Spawn(async () => await Go.Sleep(TimeSpan.FromHours(1)));
    Go.Spawn(async () => await new Select().Receive(quiet, out _).Send(full, 2, out _).WaitAsync());

    // The main goroutine runs while it looks; all others get to their wait.
    while (Go.Snapshot().Count(g => g.Status == GoroutineStatus.Waiting) < 6)
    {
        await Go.Yield();
    }

    foreach (var group in Go.Snapshot().GroupBy(g => g.WaitReason).OrderBy(g => g.Key, StringComparer.Ordinal))
    {
        Console.WriteLine($"{group.Count()} {(group.Key.Length > 0 ? group.Key : "not waiting")}");
    }

    Console.WriteLine();
    Go.Dump(Console.Out);
});
