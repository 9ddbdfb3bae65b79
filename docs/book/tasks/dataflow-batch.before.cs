using System.Threading.Tasks.Dataflow;

var batches = new BatchBlock<int>(3);
var print = new ActionBlock<int[]>(batch => Console.WriteLine(string.Join(' ', batch)));
batches.LinkTo(print, new DataflowLinkOptions { PropagateCompletion = true });

for (int i = 1; i <= 7; i++)
{
    await batches.SendAsync(i);
}

batches.Complete();
await print.Completion;
