#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    var pings = new Chan<string>(capacity: 1);
    var pongs = new Chan<string>(capacity: 1);
    await Ping(pings, "served");
    await Pong(pings, pongs);
    Console.WriteLine(await pongs.TakeAsync());
});

static async ValueTask Ping(Sender<string> output, string message) => await output.SendAsync(message);

static async ValueTask Pong(Receiver<string> input, Sender<string> output)
    => await output.SendAsync(await input.TakeAsync() + ", returned");
