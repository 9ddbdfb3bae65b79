using var gate = new SemaphoreSlim(1, 1);
int balance = 0;

await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(Deposit)));
Console.WriteLine(balance);

async Task Deposit()
{
    await gate.WaitAsync();
    try
    {
        int before = balance;
        await Task.Yield();
        balance = before + 1;
    }
    finally
    {
        gate.Release();                              // once too often, and two are inside
    }
}
