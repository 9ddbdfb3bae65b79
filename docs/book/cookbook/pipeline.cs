#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    Console.WriteLine(await Total(["1", "2", "3", "4"]));
    try
    {
        await Total(["1", "two", "3", "4"]);
    }
    catch (FormatException exception)
    {
        Console.WriteLine(exception.Message);
    }

    Console.WriteLine(Go.Count == 1 ? "nothing was left behind" : "something still runs");
});

// Three stages, a goroutine each. Each closes what it sends to when it ends well. If one fails, the scope's token stops the others wherever
// they wait, and the failure comes out of ScopeAsync.
static ValueTask<int> Total(string[] lines, CancellationToken cancellationToken = default)
    => Go.ScopeAsync(async scope =>
    {
        Receiver<string> read = Stage<string>(scope, async (output, stop) =>
        {
            foreach (string line in lines)
            {
                await output.SendAsync(line, stop);
            }
        });

        Receiver<int> parsed = Stage<int>(scope, async (output, stop) =>
        {
            await foreach (string line in read.WithCancellation(stop))
            {
                await output.SendAsync(int.TryParse(line, out int number) ? number : throw new FormatException($"not a number: {line}"), stop);
            }
        });

        int total = 0;
        await foreach (int number in parsed.WithCancellation(scope.CancellationToken))
        {
            total += number;
        }

        return total;
    }, cancellationToken);

static Receiver<T> Stage<T>(GoScope scope, Func<Sender<T>, CancellationToken, ValueTask> body)
{
    var output = new Chan<T>(capacity: 16);
    scope.Spawn(async () =>
    {
        await body(output, scope.CancellationToken);
        output.Close();                              // not in a finally: after a failure the next stage must not take this for the end
    });
    return output;
}
