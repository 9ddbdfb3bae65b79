#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    Chan<int>[] channels = [.. Enumerable.Range(0, 10).Select(_ => new Chan<int>())];
    foreach (var (i, channel) in channels.Index())
    {
        Go.Spawn(async () =>
        {
            await channel.SendAsync(i);
            channel.Close();
        });
    }

    Console.WriteLine(await Sum(channels));
});

// Receives from every channel until all are closed.
static async ValueTask<int> Sum(Chan<int>[] channels)
{
    var select = new Select();
    List<ReceiveCase<int>> cases = [.. channels.Select(select.Receive)];
    int total = 0;
    while (cases.Count > 0)
    {
        ReceiveCase<int> chosen = cases[await select.WaitAsync()];
        if (chosen.Ok)
        {
            total += chosen.Value;
        }
        else
        {
            cases.Remove(chosen);
            select.Remove(chosen);                   // those behind it move up, in the select as in the list
        }
    }

    return total;
}
