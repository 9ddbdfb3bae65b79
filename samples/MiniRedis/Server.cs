using Goroutines;
using Goroutines.Net;

namespace MiniRedis;

/// <summary>Accepts connections and gives each a session.</summary>
internal sealed class Server(Database database)
{
    private readonly PubSub _channels = new();
    private readonly Statistics _statistics = new();

    public async ValueTask ServeAsync(Listener listener, CancellationToken stop)
    {
        using var sweep = new Ticker(TimeSpan.FromMilliseconds(100));
        Goroutine sweeper = Go.Run(async () =>
        {
            var select = new Select();
            var tick = select.Receive(sweep.C);
            select.Receive(GoContext.From(stop));
            while (await select.WaitAsync() == tick.Index)
            {
                database.RemoveExpired();            // those that nobody asks for; the others go when they are met
            }
        });
        var options = new ServeOptions { DrainTimeout = TimeSpan.FromSeconds(5) };
        await listener.ServeAsync(ServeOneAsync, exception => Console.Error.WriteLine(exception.Message), options, stop);
        await sweeper;
    }

    private async ValueTask ServeOneAsync(Conn conn, CancellationToken stop)
    {
        await using var session = new Session(conn, database, _channels, _statistics);
        try
        {
            await session.RunAsync(stop);
        }
        catch (IOException)
        {
            // The client has gone.
        }
        catch (ObjectDisposedException)
        {
            // Its connection was closed here: it did not take its messages.
        }
    }
}
