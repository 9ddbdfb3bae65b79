#:project ../src/Goroutines/Goroutines.csproj

// Request deadlines: a GoContext carries the time a request has, and its id, down through HttpClient calls to a server in
// this program that takes a minute for its slow page.
// Prints how each request ended: in time, past its own deadline, past its parent's, cancelled by the caller with a cause.

using System.Net;
using System.Net.Sockets;
using System.Text;
using Goroutines;

var requestId = new ContextKey<string>("request id");

Go.Main(async () =>
{
    using var listener = new TcpListener(IPAddress.Loopback, 0);
    listener.Start();
    var address = $"http://{listener.LocalEndpoint}";
    using var shutdown = GoContext.Background.WithCancel();
    var server = Go.Run(() => ServeAsync(listener, shutdown));

    using var client = new HttpClient();
    await FetchAsync(client, $"{address}/quick", Request("in time").WithTimeout(TimeSpan.FromSeconds(20)));
    await FetchAsync(client, $"{address}/slow", Request("too slow").WithTimeout(TimeSpan.FromMilliseconds(50)));

    // Two calls for one request share its time, whatever more each would allow itself.
    using (var both = Request("shared").WithTimeout(TimeSpan.FromSeconds(1), new TimeoutException("the page's budget is spent")))
    {
        await FetchAsync(client, $"{address}/quick", both.WithTimeout(TimeSpan.FromSeconds(20)));
        await FetchAsync(client, $"{address}/slow", both.WithTimeout(TimeSpan.FromSeconds(20)));
    }

    // The caller goes away; what is left to do then keeps the request's id, but not its cancellation.
    var caller = Request("cancelled").WithCancel();
    var cleaned = new Chan<string>(1);
    caller.AfterFunc(async () =>
    {
        var cleanup = caller.WithoutCancel();
        await cleaned.SendAsync($"{Id(cleanup)}: cleaned up, cancelled: {cleanup.Err is not null}", cleanup);
    });
    var fetch = Go.Run(() => FetchAsync(client, $"{address}/slow", caller.WithCancel()));
    caller.Cancel(new InvalidOperationException("the user closed the page"));
    await fetch;
    Console.WriteLine((await cleaned.ReceiveAsync()).Value);

    shutdown.Cancel();
    await server;
    Console.WriteLine("server stopped");
});

GoContext Request(string id) => GoContext.Background.WithValue(requestId, id);

string Id(GoContext context) => context.TryGetValue(requestId, out var id) ? id : "?";

async ValueTask FetchAsync(HttpClient client, string url, CancelContext context)
{
    using (context)
    {
        try
        {
            var text = await client.GetStringAsync(url, context);
            Console.WriteLine($"{Id(context)}: {text}");
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine($"{Id(context)}: {context.Err!.Message}, because {context.Cause!.Message}");
        }
    }
}

static async ValueTask ServeAsync(TcpListener listener, GoContext shutdown)
{
    try
    {
        while (true)
        {
            var connection = await listener.AcceptTcpClientAsync(shutdown);
            Go.Spawn(() => AnswerAsync(connection, shutdown));
        }
    }
    catch (OperationCanceledException)
    {
        // Shut down: the requests that are being answered find out by the same context.
    }
}

static async ValueTask AnswerAsync(TcpClient connection, GoContext shutdown)
{
    using (connection)
    {
        try
        {
            using var reader = new StreamReader(connection.GetStream(), leaveOpen: true);
            var page = (await reader.ReadLineAsync(shutdown))?.Split(' ')[1] ?? "";
            while (!string.IsNullOrEmpty(await reader.ReadLineAsync(shutdown)))
            {
            }

            if (page == "/slow")
            {
                await Go.SleepAsync(TimeSpan.FromMinutes(1), shutdown);
            }

            var answer = $"HTTP/1.1 200 OK\r\nContent-Length: {page.Length}\r\nConnection: close\r\n\r\n{page}";
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), shutdown);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The server stops, or the client gave up waiting.
        }
    }
}
