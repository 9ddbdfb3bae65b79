#:project ../src/Goroutines/Goroutines.csproj

// A chat server: one goroutine is the room and owns the list of who is there; each client is a goroutine that selects
// over what the client types and what the room says. No locks.
//
//     dotnet run samples/chat.cs                 the server and three clients in this program, then ends
//     dotnet run samples/chat.cs -- ADDRESS      the server, until Ctrl+C; for 127.0.0.1:7008 try nc 127.0.0.1 7008
//
// A client's first line is its name; /quit leaves. Without arguments prints what each client sees.

using System.Text;
using Goroutines;
using Goroutines.Net;

return Go.Main(async () =>
{
    try
    {
        switch (args.Length)
        {
            case 0:
                await DemoAsync();
                return 0;
            case 1:
                await RunAsync(args[0]);
                return 0;
            default:
                Console.Error.WriteLine("usage: chat [ADDRESS]");
                return 2;
        }
    }
    catch (Exception exception) when (exception is IOException or ArgumentException)
    {
        Console.Error.WriteLine($"chat: {exception.Message}");
        return 1;
    }
});

static async ValueTask RunAsync(string address)
{
    // The first signal cancels; a second one ends the process as usual.
    using var stop = GoContext.WithSignals();

    await using var listener = Listener.Listen(address);
    Console.WriteLine($"listening on {listener.LocalEndPoint}");
    await new Room().ServeAsync(listener, stop);
    Console.WriteLine("stopped");
}

static async ValueTask DemoAsync()
{
    using var stop = new CancellationTokenSource();
    await using var listener = Listener.Listen("127.0.0.1:0");
    var server = Go.Run(() => new Room().ServeAsync(listener, stop.Token));
    var address = listener.LocalEndPoint.ToString()!;

    using var ada = await Visitor.EnterAsync(address, "ada");
    await ada.SeeAsync(1);
    using var bob = await Visitor.EnterAsync(address, "bob");
    await bob.SeeAsync(1);
    await ada.SeeAsync(1);
    using (var impostor = await Visitor.EnterAsync(address, "ada"))
    {
        await impostor.SeeAsync(2);
    }

    await ada.SayAsync("hello, bob");
    await bob.SeeAsync(1);
    await bob.SayAsync("hello, ada");
    await ada.SeeAsync(1);
    await bob.SayAsync("/quit");
    await bob.SeeAsync(1);
    await ada.SeeAsync(1);

    stop.Cancel();
    await ada.SeeAsync(2);
    await server;
    Console.WriteLine("stopped");
}

/// <summary>What the room knows of a client: closing the outbox dismisses it.</summary>
internal sealed record Client(string Name, Sender<string> Outbox);

/// <summary>The server: the room's own goroutine, and one for each client.</summary>
internal sealed class Room
{
    /// <summary>How many messages a client may be behind before it is dismissed: nobody waits for a slow one.</summary>
    private const int Behind = 64;

    private static readonly TimeSpan s_introduction = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly Chan<Client> _joins = new();
    private readonly Chan<Client> _leaves = new();
    private readonly Chan<(Client From, string Text)> _messages = new();

    internal ValueTask ServeAsync(Listener listener, CancellationToken stop) => Go.ScopeAsync(async scope =>
    {
        scope.Spawn(() => RunAsync(stop));
        await listener.ServeAsync(HandleAsync, exception => Console.Error.WriteLine($"chat: {exception.Message}"), stop);
    }, CancellationToken.None);

    /// <summary>The room: the only goroutine that touches the members.</summary>
    private async ValueTask RunAsync(CancellationToken stop)
    {
        var members = new Dictionary<string, Client>();
        var select = new Select();
        var join = select.Receive(_joins);
        var leave = select.Receive(_leaves);
        var message = select.Receive(_messages);
        try
        {
            while (true)
            {
                var chosen = await select.WaitAsync(stop);
                if (chosen == join.Index && !members.TryAdd(join.Value!.Name, join.Value))
                {
                    join.Value.Outbox.TrySend($"* the name {join.Value.Name} is taken");
                    join.Value.Outbox.Close();
                }
                else if (chosen == join.Index)
                {
                    Tell($"* {join.Value!.Name} is here ({members.Count})", except: null);
                }
                else if (chosen == leave.Index)
                {
                    Dismiss(leave.Value!);
                }
                else if (chosen == message.Index && IsMember(message.Value.From))
                {
                    Tell($"{message.Value.From.Name}: {message.Value.Text}", except: message.Value.From);
                }
            }
        }
        catch (OperationCanceledException)
        {
            Tell("* the server stops", except: null);
        }

        foreach (var member in members.Values)
        {
            member.Outbox.Close();
        }

        bool IsMember(Client client) => members.TryGetValue(client.Name, out var member) && member == client;

        void Tell(string text, Client? except)
        {
            foreach (var member in members.Values.Where(member => member != except).ToList())
            {
                if (!member.Outbox.TrySend(text))
                {
                    Dismiss(member);
                }
            }
        }

        void Dismiss(Client client)
        {
            if (IsMember(client))
            {
                members.Remove(client.Name);
                client.Outbox.Close();
                Tell($"* {client.Name} has left", except: null);
            }
        }
    }

    /// <summary>One client, from its name to its end.</summary>
    private async ValueTask HandleAsync(Conn connection, CancellationToken stop)
    {
        using var reader = new StreamReader(connection, leaveOpen: true);
        connection.ReadDeadline = DateTimeOffset.UtcNow + s_introduction;
        if (await reader.ReadLineAsync(stop) is not { Length: > 0 and <= 20 } name)
        {
            return;
        }

        connection.ReadDeadline = null;
        var outbox = new Chan<string>(Behind);
        var client = new Client(name, outbox);
        await _joins.SendAsync(client, stop);

        using var talking = GoContext.Background.WithCancel();
        var lines = new Chan<string>();
        var reading = Go.Run(() => ReadAsync(reader, lines, talking));
        try
        {
            await TalkAsync(client, lines, outbox, connection, stop);
        }
        catch (IOException)
        {
            // Gone without a word.
            await _leaves.SendAsync(client, stop);
        }
        finally
        {
            talking.Cancel();
            await reading;
        }
    }

    private async ValueTask TalkAsync(Client client, Receiver<string> lines, Receiver<string> outbox, Conn connection, CancellationToken stop)
    {
        var select = new Select();
        var line = select.Receive(lines);
        var said = select.Receive(outbox);
        var open = true;
        while (open)
        {
            if (await select.WaitAsync(CancellationToken.None) == said.Index)
            {
                // Closed: dismissed by the room, which is also how a client ends when the server stops.
                open = said.Ok;
                connection.WriteDeadline = DateTimeOffset.UtcNow + s_patience;
                await connection.WriteAsync(Encoding.UTF8.GetBytes((said.Ok ? said.Value : "* bye") + "\n"), CancellationToken.None);
            }
            else if (!line.Ok || line.Value == "/quit")
            {
                line.Enabled = false;
                await _leaves.SendAsync(client, stop);
            }
            else
            {
                await _messages.SendAsync((client, line.Value), stop);
            }
        }
    }

    /// <summary>Makes a channel of what the client types.</summary>
    private static async ValueTask ReadAsync(StreamReader reader, Sender<string> lines, GoContext talking)
    {
        try
        {
            while (await reader.ReadLineAsync(talking) is { } line)
            {
                await lines.SendAsync(line, talking);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection broke, or the client's goroutine is through: either way the lines end here.
        }

        lines.Close();
    }
}

/// <summary>A client of the demonstration.</summary>
internal sealed class Visitor : IDisposable
{
    private readonly string _name;
    private readonly Conn _connection;
    private readonly StreamReader _reader;

    private Visitor(string name, Conn connection)
    {
        _name = name;
        _connection = connection;
        _reader = new StreamReader(connection);
    }

    internal static async ValueTask<Visitor> EnterAsync(string address, string name)
    {
        var visitor = new Visitor(name, await Conn.DialAsync(address));
        await visitor.SayAsync(name);
        return visitor;
    }

    internal async ValueTask SayAsync(string line)
        => await _connection.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));

    internal async ValueTask SeeAsync(int lines)
    {
        for (; lines > 0; lines--)
        {
            Console.WriteLine($"{_name} sees: {await _reader.ReadLineAsync() ?? "the end"}");
        }
    }

    public void Dispose() => _reader.Dispose();
}
