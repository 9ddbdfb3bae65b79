#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

var items = new Chan<int>();
Goroutine printer = Go.Run(async () =>
{
    List<int> batch = [];
    await foreach (int item in items)
    {
        batch.Add(item);
        if (batch.Count == 3)
        {
            Console.WriteLine(string.Join(' ', batch));
            batch.Clear();
        }
    }

    if (batch.Count > 0)
    {
        Console.WriteLine(string.Join(' ', batch));
    }
});

for (int i = 1; i <= 7; i++)
{
    await items.SendAsync(i);
}

items.Close();
await printer;
