using System.Threading.Tasks.Dataflow;

// A BroadcastBlock drops what a slow target has no room for. For every target to get everything, send to each:
var totals = new int[3];
ActionBlock<int>[] targets = [.. Enumerable.Range(0, 3).Select(target =>
    new ActionBlock<int>(number => totals[target] += number, new ExecutionDataflowBlockOptions { BoundedCapacity = 2 }))];

for (int number = 1; number <= 10; number++)
{
    foreach (ActionBlock<int> target in targets)
    {
        await target.SendAsync(number);
    }
}

foreach (ActionBlock<int> target in targets)
{
    target.Complete();
    await target.Completion;
}

Console.WriteLine(string.Join(' ', totals));
