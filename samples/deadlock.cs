#:project ../src/Goroutines/Goroutines.csproj

// A deadlock: two goroutines wait for each other, so nothing can ever go on. Go.Main notices and throws.
// Prints the report, with every goroutine, what it waits for and where it was created; exits with 2, as Go does.
// (Left uncaught, the exception ends the process like any other: its text on stderr and exit code 134 on Linux.)

using Goroutines;

try
{
    Go.Main(async () =>
    {
        var left = new Chan<int>();
        var right = new Chan<int>();
        Go.Spawn(() => ReceiveThenSendAsync(left, right));
        await ReceiveThenSendAsync(right, left);
    });
}
catch (DeadlockException deadlock)
{
    Console.WriteLine(deadlock.Message.TrimEnd());
    return 2;
}

return 0;

static async ValueTask ReceiveThenSendAsync(Receiver<int> from, Sender<int> to)
{
    await from.ReceiveAsync();
    await to.SendAsync(1);
}
