var seen = new TaskCompletionSource<string>();

// Nothing awaits it: without the catch, the failure would be lost.
_ = Task.Run(async () =>
{
    try
    {
        await Work();
    }
    catch (Exception exception)
    {
        seen.SetResult($"reported: {exception.Message}");
    }
});

Console.WriteLine(await seen.Task);

static async Task Work()
{
    await Task.Yield();
    throw new InvalidOperationException("the disk is full");
}
