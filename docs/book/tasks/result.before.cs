Task<int> answer = Task.Run(async () =>
{
    await Task.Yield();
    return 6 * 7;
});

Console.WriteLine(await answer);

Task<int> broken = Task.Run(int () => throw new InvalidOperationException("no answer"));
try
{
    await broken;
}
catch (InvalidOperationException exception)
{
    Console.WriteLine(exception.Message);
}
