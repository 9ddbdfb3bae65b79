#:package Nito.AsyncEx.Coordination

using Nito.AsyncEx;

var mutex = new AsyncLock();
var changed = new AsyncConditionVariable(mutex);
int level = 0;

Task<int> waiter = Task.Run(async () =>
{
    using (await mutex.LockAsync())
    {
        while (level < 3)
        {
            await changed.WaitAsync();
        }

        return level;
    }
});

for (int i = 0; i < 3; i++)
{
    using (await mutex.LockAsync())
    {
        level++;
        changed.NotifyAll();
    }
}

Console.WriteLine(await waiter);
