using var stop = new CancellationTokenSource();
try
{
    Task<int>[] parts = [.. Enumerable.Range(1, 3).Select(part => Load(part, stop))];
    int[] sizes = await Task.WhenAll(parts);         // waits for all, also when the first has failed long ago
    Console.WriteLine(sizes.Sum());
}
catch (InvalidDataException exception)
{
    Console.WriteLine(exception.Message);
}

static async Task<int> Load(int part, CancellationTokenSource stop)
{
    try
    {
        await Task.Delay(part == 2 ? TimeSpan.Zero : TimeSpan.FromHours(1), stop.Token);
        return part == 2 ? throw new InvalidDataException("part 2 is damaged") : part;
    }
    catch (InvalidDataException)
    {
        await stop.CancelAsync();                    // so each one has to stop the others
        throw;
    }
}
