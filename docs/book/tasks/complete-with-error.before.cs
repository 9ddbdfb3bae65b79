using System.Threading.Channels;

var lines = Channel.CreateUnbounded<string>();
_ = Task.Run(async () =>
{
    await lines.Writer.WriteAsync("line 1");
    lines.Writer.Complete(new InvalidDataException("line 2 is damaged"));
});

try
{
    await foreach (string line in lines.Reader.ReadAllAsync())
    {
        Console.WriteLine(line);
    }
}
catch (InvalidDataException exception)
{
    Console.WriteLine(exception.Message);
}
