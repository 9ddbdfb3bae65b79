// A small HTTP/1.1 server for the files below a folder: a goroutine for each connection, on Goroutines.Net.
//
//     Files DIR [ADDRESS]    serves until Ctrl+C; 127.0.0.1:8080 by default
//     Files                  serves a folder of its own to clients in this program, prints what they got, and ends
//
// Exit codes: 0 stopped as asked, 1 it can't listen or there is no such folder, 2 wrong usage.

using Files;
using Goroutines;
using Goroutines.Net;

return Go.Main(async () =>
{
    try
    {
        switch (args.Length)
        {
            case 0:
                await Demo.RunAsync();
                return 0;
            case 1 or 2:
                await ServeAsync(args[0], args.Length == 2 ? args[1] : "127.0.0.1:8080");
                return 0;
            default:
                Console.Error.WriteLine("usage: Files [DIR [ADDRESS]]");
                return 2;
        }
    }
    catch (Exception exception) when (exception is IOException or ArgumentException)
    {
        Console.Error.WriteLine($"Files: {exception.Message}");
        return 1;
    }
});

static async ValueTask ServeAsync(string directory, string address)
{
    // The first signal cancels: requests that have come are answered to the end. A second one ends the process as usual.
    using var stop = GoContext.WithSignals();

    var server = new FileServer(new FileTree(directory));
    await using var listener = Listener.Listen(address);
    Console.WriteLine($"serving {directory} on {listener.LocalEndPoint}");
    await listener.ServeAsync(server.HandleAsync, exception => Console.Error.WriteLine($"Files: {exception.Message}"), stop);
    Console.WriteLine("stopped");
}
