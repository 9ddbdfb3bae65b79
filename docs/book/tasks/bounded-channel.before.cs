using System.Threading.Channels;

var channel = Channel.CreateBounded<int>(2);
Task producer = Task.Run(async () =>
{
    try
    {
        for (int i = 1; i <= 5; i++)
        {
            await channel.Writer.WriteAsync(i);
        }
    }
    finally
    {
        channel.Writer.Complete();
    }
});

await foreach (int i in channel.Reader.ReadAllAsync())
{
    Console.WriteLine(i);
}

await producer;
