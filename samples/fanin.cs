#:project ../src/Goroutines/Goroutines.csproj

// Fan-in: one select reads three channels, whichever is ready, until all are closed.
// Prints how many values came from each source and their sum.

using Goroutines;

Go.Main(async () =>
{
    var select = new Select();
    ReceiveCase<int>[] sources =
    [
        select.Receive(Source(first: 0, count: 100)),
        select.Receive(Source(first: 1000, count: 200)),
        select.Receive(Source(first: 2000, count: 300)),
    ];

    var counts = new int[sources.Length];
    long sum = 0;

    for (var open = sources.Length; open > 0;)
    {
        var source = sources[await select.WaitAsync()];
        if (source.Ok)
        {
            counts[source.Index]++;
            sum += source.Value;
        }
        else
        {
            source.Enabled = false; // closed: this select has no more use for it
            open--;
        }
    }

    Console.WriteLine($"values from each source: {string.Join(", ", counts)}");
    Console.WriteLine($"sum: {sum}");
});

static Receiver<int> Source(int first, int count)
{
    var values = new Chan<int>();
    Go.Spawn(async () =>
    {
        for (var i = 0; i < count; i++)
        {
            await values.SendAsync(first + i);
        }

        values.Close();
    });
    return values;
}
