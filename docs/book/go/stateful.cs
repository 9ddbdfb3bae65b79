#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    var reads = new Chan<Read>();
    var writes = new Chan<Write>();
    Go.Spawn(Own, reads.Receiver, writes.Receiver);

    var group = new WaitGroup();
    for (int i = 0; i < 100; i++)
    {
        group.Spawn(async () => await writes.SendAsync(new Write(Key: 1, Value: 2)));
    }

    await group.WaitAsync();

    var request = new Read(Key: 1, Reply: new Chan<int>());
    await reads.SendAsync(request);
    Console.WriteLine(await request.Reply.TakeAsync());
});

static async ValueTask Own(Receiver<Read> reads, Receiver<Write> writes)
{
    var state = new Dictionary<int, int>();          // only this goroutine ever sees it
    var select = new Select();
    var read = select.Receive(reads);
    var write = select.Receive(writes);
    while (true)
    {
        await select.WaitAsync();
        if (read.Selected)
        {
            await read.Value.Reply.SendAsync(state.GetValueOrDefault(read.Value.Key));
        }
        else if (write.Selected)
        {
            state[write.Value.Key] = state.GetValueOrDefault(write.Value.Key) + write.Value.Value;
        }
    }
}

internal sealed record Read(int Key, Chan<int> Reply);

internal sealed record Write(int Key, int Value);
