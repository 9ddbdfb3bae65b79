using System.Text;
using Goroutines;
using Goroutines.Net;

namespace MiniRedis.Tests;

/// <summary>A client of a session over a connection in memory, so that it runs in virtual time and under explored schedules.</summary>
internal sealed class Client
{
    private readonly Conn _conn;
    private readonly CancelContext _stop = GoContext.Background.WithCancel();

    public Client(Database database, PubSub channels)
    {
        (_conn, Conn other) = Conn.Pipe();
        Session = Go.Run(async () =>
        {
            await using (other)
            await using (var session = new Session(other, database, channels, new Statistics()))
            {
                try
                {
                    await session.RunAsync(_stop);
                }
                catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
                {
                    // Cancelled, or the connection was closed.
                }
            }
        });
    }

    public Goroutine Session { get; }

    public ValueTask SendAsync(string bytes) => _conn.WriteAsync(Encoding.Latin1.GetBytes(bytes));

    public async ValueTask ExpectAsync(string reply)
    {
        var buffer = new byte[reply.Length];
        await _conn.ReadExactlyAsync(buffer);
        Assert.Equal(reply, Encoding.Latin1.GetString(buffer));
    }

    public async ValueTask AskAsync(string command, string reply)
    {
        await SendAsync(command + "\r\n");
        await ExpectAsync(reply);
    }

    /// <summary>Tells the session to stop, as the server does at its end.</summary>
    public async ValueTask CancelAsync()
    {
        _stop.Cancel();
        await CloseAsync();
    }

    public async ValueTask CloseAsync()
    {
        _conn.Dispose();
        await Session;
    }
}
