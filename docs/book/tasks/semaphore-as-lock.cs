#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

var gate = new GoMutex();
int balance = 0;

var group = new WaitGroup();
for (int i = 0; i < 100; i++)
{
    group.Spawn(Deposit);
}

await group.WaitAsync();
Console.WriteLine(balance);

async ValueTask Deposit()
{
    using (await gate.LockAsync())                   // released once, by the holder; a second time throws
    {
        int before = balance;
        await Go.Yield();
        balance = before + 1;
    }
}
