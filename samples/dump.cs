#:project ../src/Goroutines/Goroutines.csproj

// Looking at all goroutines: Go.Snapshot gives them as data, Go.Dump in the form of a Go traceback.
// Prints how many goroutines wait for what, then the dump.

using Goroutines;

Go.Main(async () =>
{
    var quiet = new Chan<int>();
    for (var i = 0; i < 3; i++)
    {
        Go.Spawn(() => ListenAsync(quiet));
    }

    Go.Spawn(() => SpeakAsync(new Chan<int>()));
    Go.Spawn(RestAsync);
    Go.Spawn(() => ChooseAsync(quiet, new Chan<int>()));

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

static async ValueTask ListenAsync(Receiver<int> channel) => await channel.ReceiveAsync();

static async ValueTask SpeakAsync(Sender<int> channel) => await channel.SendAsync(1);

static async ValueTask RestAsync() => await Go.SleepAsync(TimeSpan.FromHours(1));

static async ValueTask ChooseAsync(Receiver<int> from, Sender<int> to)
{
    await new Select().AndReceive(from).AndSend(to, 2).WaitAsync();
}
