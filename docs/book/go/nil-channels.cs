#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    int sum = 0;
    await foreach (int v in Merge(Count(1, 10), Count(11, 20)))
    {
        sum += v;
    }

    Console.WriteLine(sum);
});

// Sends what comes from either, until both are closed.
static Receiver<int> Merge(Receiver<int> a, Receiver<int> b)
{
    var output = new Chan<int>();
    Go.Spawn(async () =>
    {
        var select = new Select();
        ReceiveCase<int>[] cases = [select.Receive(a), select.Receive(b)];
        for (int open = cases.Length; open > 0;)
        {
            ReceiveCase<int> chosen = cases[await select.WaitAsync()];
            if (chosen.Ok)
            {
                await output.SendAsync(chosen.Value);
            }
            else
            {
                chosen.Enabled = false;              // what a nil channel does in Go; `chosen.Channel = default` works, too
                open--;
            }
        }

        output.Close();
    });
    return output;
}

static Receiver<int> Count(int from, int to)
{
    var output = new Chan<int>();
    Go.Spawn(async () =>
    {
        for (int i = from; i <= to; i++)
        {
            await output.SendAsync(i);
        }

        output.Close();
    });
    return output;
}
