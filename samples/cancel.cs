#:project ../src/Goroutines/Goroutines.csproj

// Cancellation: every operation that waits takes a CancellationToken; cancelled, it throws and has done nothing.
// Prints how each wait ended, then that the cancelled send delivered nothing and the cancelled receive took nothing.

using Goroutines;

Go.Main(async () =>
{
    using var source = new CancellationTokenSource();
    var token = source.Token;

    var silent = new Chan<int>();
    var unread = new Chan<string>();

    (string Name, Goroutine Goroutine)[] waits =
    [
        ("receive", Go.Run(async () => { await silent.ReceiveAsync(token); })),
        ("send", Go.Run(async () => { await unread.SendAsync("never delivered", token); })),
        ("select", Go.Run(async () => { await new Select().AndReceive(silent).WaitAsync(token); })),
        ("sleep", Go.Run(async () => { await Go.SleepAsync(Timeout.InfiniteTimeSpan, token); })),
        ("join", Go.Run(async () => { await Go.Run(ForeverAsync).JoinAsync(token); })),
    ];

    source.CancelAfter(TimeSpan.FromMilliseconds(50));

    foreach (var (name, goroutine) in waits)
    {
        try
        {
            await goroutine;
            Console.WriteLine($"{name}: ended by itself");
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine($"{name}: cancelled");
        }
    }

    Console.WriteLine($"a value left over from the send: {unread.TryReceive(out _)}");
    Console.WriteLine($"a receiver left over from the receive: {silent.TrySend(1)}");
});

static async ValueTask ForeverAsync() => await Go.SleepAsync(Timeout.InfiniteTimeSpan);
