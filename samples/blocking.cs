#:project ../src/Goroutines/Goroutines.csproj

// Calls that block their thread don't stop other goroutines, here not even with a single processor.
// In each round some goroutines block until another one, started last, has exchanged 1000 values over a channel:
// a blocked call that kept the processor would end the program's progress for good.
// Prints one line for each kind of blocking.

using Goroutines;

Go.MaxProcs = 1;

Go.Main(async () =>
{
    // Announced by the caller: the processor is handed on at once.
    await RoundAsync("Go.Blocking", 8, gate => Go.Blocking(gate.Wait));
    await RoundAsync("Go.EnterBlocking", 8, gate =>
    {
        using (Go.EnterBlocking())
        {
            gate.Wait();
        }
    });

    // Noticed by the scheduler: waits of the framework tell it before they begin.
    var mutex = new Lock();
    await RoundAsync("contended lock", 8, gate =>
    {
        lock (mutex)
        {
            gate.Wait();
        }
    });
    await RoundAsync("Task.Wait", 8, gate => gate.Wait());

    // Hidden from it: found out after some milliseconds, and made up for.
    await RoundAsync("Thread.Sleep", 4, gate =>
    {
        while (!gate.IsCompleted)
        {
            Thread.Sleep(50);
        }
    });
    await RoundAsync("endless loop", 2, gate =>
    {
        while (!gate.IsCompleted)
        {
        }
    });
});

static async ValueTask RoundAsync(string name, int count, Action<Task> block)
{
    var gate = new TaskCompletionSource();
    var entered = new Chan<bool>(count);

    var blocked = Enumerable.Range(0, count).Select(_ => Go.Run(async () =>
    {
        await entered.SendAsync(true);
        block(gate.Task);
    })).ToArray();

    for (var i = 0; i < count; i++)
    {
        await entered.ReceiveAsync();
    }

    var exchanged = await Go.Run(ExchangeAsync);
    gate.SetResult();
    foreach (var goroutine in blocked)
    {
        await goroutine;
    }

    Console.WriteLine($"{name}: while {count} were blocked, another exchanged {exchanged} values");
}

static async ValueTask<int> ExchangeAsync()
{
    var values = new Chan<int>();
    Go.Spawn(async () =>
    {
        for (var i = 0; i < 1000; i++)
        {
            await values.SendAsync(i);
        }

        values.Close();
    });

    var count = 0;
    await foreach (var _ in values)
    {
        count++;
    }

    return count;
}
