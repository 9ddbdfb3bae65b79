using System.Threading.Tasks.Dataflow;

var options = new ExecutionDataflowBlockOptions { MaxDegreeOfParallelism = 2, BoundedCapacity = 4 };
var link = new DataflowLinkOptions { PropagateCompletion = true };

var parse = new TransformBlock<string, int>(int.Parse, options);
var square = new TransformBlock<int, int>(number => number * number, options);      // keeps the order
int sum = 0;
var add = new ActionBlock<int>(number => sum += number, new ExecutionDataflowBlockOptions { BoundedCapacity = 4 });
parse.LinkTo(square, link);
square.LinkTo(add, link);

foreach (string text in "1 2 3 4 5".Split(' '))
{
    await parse.SendAsync(text);
}

parse.Complete();
await add.Completion;
Console.WriteLine(sum);
