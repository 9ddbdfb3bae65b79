#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    var group = new WaitGroup();
    int[] lengths = new int[3];
    foreach (var (i, word) in new[] { "share", "by", "communicating" }.Index())
    {
        group.Spawn(async () =>
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            lengths[i] = word.Length;
        });
    }

    await group.WaitAsync();
    Console.WriteLine($"[{string.Join(' ', lengths)}]");
});
