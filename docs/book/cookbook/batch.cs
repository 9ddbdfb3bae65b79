#:project ../../../src/Goroutines.Testing/Goroutines.Testing.csproj

using Goroutines;
using Goroutines.Testing;

GoTest.Run(async () =>                               // virtual time
{
    DateTimeOffset begun = Go.Now;
    var events = new Chan<int>();
    Go.Spawn(async () =>
    {
        for (int i = 1; i <= 5; i++)
        {
            await events.SendAsync(i);
        }

        await Go.SleepAsync(TimeSpan.FromSeconds(10));
        await events.SendAsync(6);
        events.Close();
    });

    await foreach (IReadOnlyList<int> batch in Batch.Of(events.Receiver, size: 3, within: TimeSpan.FromSeconds(1)))
    {
        Console.WriteLine($"{(Go.Now - begun).TotalSeconds} s: {string.Join(' ', batch)}");
    }
});

internal static class Batch
{
    // Up to `size` items at a time, and none waits longer than `within`. What is left at the end comes as a last, smaller batch.
    public static async IAsyncEnumerable<IReadOnlyList<T>> Of<T>(Receiver<T> items, int size, TimeSpan within)
    {
        List<T> batch = [];
        using var due = new GoTimer(Timeout.InfiniteTimeSpan);
        var select = new Select();
        var item = select.Receive(items);
        var timer = select.Receive(due.C);
        while (true)
        {
            timer.Enabled = batch.Count > 0;
            await select.WaitAsync();
            if (item.Selected && item.Ok)
            {
                batch.Add(item.Value);
                if (batch.Count == 1)
                {
                    due.Reset(within);               // the clock runs from the first item of a batch
                }

                if (batch.Count < size)
                {
                    continue;
                }
            }

            if (batch.Count > 0)
            {
                due.Stop();                          // also takes back a value that is due but unread
                yield return batch;
                batch = [];
            }

            if (item.Selected && !item.Ok)
            {
                yield break;
            }
        }
    }
}
