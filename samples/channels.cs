#:project ../src/Goroutines/Goroutines.csproj

// Channels beyond send and receive: directional views, operations that never wait, closing, the nil channel,
// and channels sent over channels, each request carrying the channel for its reply.
// Prints what each of them does.

using System.Threading.Channels;
using Goroutines;

Go.Main(async () =>
{
    // A buffered channel fills up; Try operations say so instead of waiting.
    var buffer = new Chan<int>(capacity: 2);
    Console.WriteLine($"sent: {buffer.TrySend(1)} {buffer.TrySend(2)} {buffer.TrySend(3)}, holds {buffer.Count} of {buffer.Capacity}");

    // Closing: what is buffered is still received, then Ok is false; sending throws.
    buffer.Close();
    for (var i = 0; i < 3; i++)
    {
        var (value, ok) = await buffer.ReceiveAsync();
        Console.WriteLine($"received {value}, ok: {ok}");
    }

    try
    {
        await buffer.SendAsync(4);
    }
    catch (ChannelClosedException e)
    {
        Console.WriteLine(e.Message);
    }

    // The nil channel: a select never picks it, so the default is taken.
    var nil = new Select();
    nil.Receive(default(Receiver<int>));
    Console.WriteLine($"something ready on the nil channel: {nil.TryWait(out _)}");

    // A server owns the receiving end, its clients only the sending end.
    var requests = new Chan<Request>();
    Go.Spawn(async () => await ServeAsync(requests));
    Console.WriteLine($"6 * 7 = {await AskAsync(requests, 6, 7)}");
    Console.WriteLine($"12 * 12 = {await AskAsync(requests, 12, 12)}");
    requests.Close();
});

static async ValueTask ServeAsync(Receiver<Request> requests)
{
    await foreach (var (a, b, reply) in requests)
    {
        await reply.SendAsync(a * b);
    }
}

static async ValueTask<int> AskAsync(Sender<Request> server, int a, int b)
{
    var reply = new Chan<int>();
    await server.SendAsync(new Request(a, b, reply));
    return (await reply.ReceiveAsync()).Value;
}

internal sealed record Request(int A, int B, Sender<int> Reply);
