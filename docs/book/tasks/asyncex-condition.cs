#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

var mutex = new GoMutex();
var changed = new GoCond(mutex);
int level = 0;

Goroutine<int> waiter = Go.Run(async () =>
{
    using (await mutex.LockAsync())
    {
        await changed.WaitAsync(() => level >= 3);
        return level;
    }
});

for (int i = 0; i < 3; i++)
{
    using (await mutex.LockAsync())
    {
        level++;
        changed.Broadcast();
    }
}

Console.WriteLine(await waiter);
