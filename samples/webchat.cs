#:sdk Microsoft.NET.Sdk.Web
#:project ../src/Goroutines.AspNetCore/Goroutines.AspNetCore.csproj

// A chat over WebSockets: one goroutine is the room and owns the list of who is there; each client has a channel from its
// WebSocket and one to it. Kestrel runs on the scheduler of goroutines.
//
//     dotnet run samples/webchat.cs              the server and two clients in this program, then ends
//     dotnet run samples/webchat.cs -- URL       the server, until Ctrl+C; for http://localhost:5080 the path of the chat is /chat?name=ada
//
// Without arguments prints what each client sees.

using System.Net.WebSockets;
using System.Text;
using Goroutines;
using Goroutines.AspNetCore;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseGoroutines();
builder.WebHost.UseUrls(args is [var url] ? url : "http://127.0.0.1:0");
builder.Services.AddGoroutinesWeb();
builder.Services.AddSingleton<Room>();
builder.Services.AddGoroutine("room", static (services, context) => services.GetRequiredService<Room>().RunAsync(context));

var app = builder.Build();
app.UseWebSockets();
app.MapGet("/chat", async (HttpContext context, string name, Room room, GoRuntime runtime) =>
{
    if (!context.WebSockets.IsWebSocketRequest)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return;
    }

    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    await socket.ServeAsync((lines, screen, gone) => room.ServeAsync(new Client(name, screen), lines, gone), new() { Runtime = runtime }, context.RequestAborted);
});

if (args.Length != 0)
{
    await app.RunAsync();
    return;
}

await app.StartAsync();
using (var ada = await Visitor.EnterAsync(app, "ada"))
using (var bob = await Visitor.EnterAsync(app, "bob"))
{
    await ada.SeeAsync();
    await ada.SayAsync("hello, bob");
    await bob.SeeAsync();
    await bob.SayAsync("hello, ada");
    await ada.SeeAsync();
    await bob.LeaveAsync();
    await ada.SeeAsync();
    await ada.LeaveAsync();
}

await app.StopAsync();
Console.WriteLine("stopped");

/// <summary>What the room knows of a client.</summary>
internal sealed record Client(string Name, Sender<WebSocketMessage> Screen);

/// <summary>The only goroutine that touches the members.</summary>
internal sealed class Room
{
    private readonly Chan<Client> _joins = new();
    private readonly Chan<Client> _leaves = new();
    private readonly Chan<(Client From, string Text)> _said = new();

    internal async ValueTask RunAsync(GoContext stop)
    {
        var members = new HashSet<Client>();
        var select = new Select();
        var join = select.Receive(_joins);
        var leave = select.Receive(_leaves);
        var said = select.Receive(_said);
        while (true)
        {
            await select.WaitAsync(stop);
            if (join.Selected)
            {
                members.Add(join.Value!);
                Tell($"* {join.Value!.Name} is here ({members.Count})", except: null);
            }
            else if (leave.Selected && members.Remove(leave.Value!))
            {
                Tell($"* {leave.Value!.Name} has left", except: null);
            }
            else if (said.Selected)
            {
                Tell($"{said.Value.From.Name}: {said.Value.Text}", except: said.Value.From);
            }
        }

        void Tell(string text, Client? except)
        {
            foreach (var member in members.Where(member => member != except).ToList())
            {
                if (!member.Screen.TrySend(WebSocketMessage.From(text)))
                {
                    members.Remove(member); // nobody waits for a slow one
                }
            }
        }
    }

    internal async ValueTask ServeAsync(Client client, Receiver<WebSocketMessage> lines, GoContext gone)
    {
        await _joins.SendAsync(client, gone);
        try
        {
            await foreach (var line in lines)
            {
                await _said.SendAsync((client, line.Text), gone);
            }
        }
        finally
        {
            await _leaves.SendAsync(client, CancellationToken.None);
        }
    }
}

/// <summary>A client of the demonstration.</summary>
internal sealed class Visitor(string name, ClientWebSocket socket) : IDisposable
{
    private readonly byte[] _buffer = new byte[1024];

    internal static async Task<Visitor> EnterAsync(WebApplication app, string name)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(app.Urls.First().Replace("http", "ws") + $"/chat?name={name}"), CancellationToken.None);
        var visitor = new Visitor(name, socket);
        await visitor.SeeAsync();
        return visitor;
    }

    internal Task SayAsync(string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    internal async Task SeeAsync()
    {
        var received = await socket.ReceiveAsync(_buffer, CancellationToken.None);
        Console.WriteLine($"{name} sees: {Encoding.UTF8.GetString(_buffer, 0, received.Count)}");
    }

    internal Task LeaveAsync() => socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

    public void Dispose() => socket.Dispose();
}
