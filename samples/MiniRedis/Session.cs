using System.Globalization;
using System.Text;
using Goroutines;
using Goroutines.Net;

namespace MiniRedis;

/// <summary>One connection: reads commands, runs all that have come, and sends their replies together.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly Conn _conn;
    private readonly Database _database;
    private readonly PubSub _channels;
    private readonly Statistics _statistics;
    private readonly Commands _commands;
    private readonly RespReader _reader;
    private readonly RespWriter _writer = new();
    private Subscriber? _subscriber;
    private Goroutine<bool>? _filling;               // a read that a blocking pop began and that is under way: until it ends, the reader is left alone

    public Session(Conn conn, Database database, PubSub channels, Statistics statistics)
    {
        _conn = conn;
        _database = database;
        _channels = channels;
        _statistics = statistics;
        _commands = new Commands(database, channels, statistics);
        _reader = new RespReader(conn);
        statistics.Connect();
    }

    public async ValueTask RunAsync(CancellationToken stop)
    {
        List<byte[]> arguments = [];
        do
        {
            int count = 0;
            try
            {
                while (_filling is null && _reader.TryRead(arguments))
                {
                    count++;
                    if (!await RunOneAsync(arguments, stop))
                    {
                        await FlushAsync(stop);
                        return;
                    }
                }
            }
            catch (ProtocolException exception)
            {
                _writer.Error($"ERR Protocol error: {exception.Message}");
                await FlushAsync(stop);
                return;
            }

            _statistics.Count(count);
            await FlushAsync(stop);
        }
        while (await FillAsync(stop));
    }

    public async ValueTask DisposeAsync()
    {
        _statistics.Disconnect();
        if (_subscriber is not null)
        {
            _channels.Unsubscribe(_subscriber, null);
            await _subscriber.CloseAsync();
        }

        if (_filling is not null)
        {
            _conn.Dispose();
            try
            {
                await _filling;
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
            {
                // It was ended.
            }
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken stop)
    {
        if (_filling is not { } filling)
        {
            return await _reader.FillAsync(stop);
        }

        _filling = null;
        return await filling;
    }

    // False at the end of the conversation.
    private async ValueTask<bool> RunOneAsync(List<byte[]> arguments, CancellationToken stop)
    {
        string name = Encoding.Latin1.GetString(arguments[0]).ToUpperInvariant();
        switch (name)
        {
            case "QUIT":
                _writer.Ok();
                return false;
            case "BLPOP" or "BRPOP" when arguments.Count >= 3:
                return await PopAsync(arguments, first: name == "BLPOP", stop);
            case "SUBSCRIBE" when arguments.Count >= 2:
                await FlushAsync(stop);
                _subscriber ??= new Subscriber(_conn);
                arguments.Skip(1).ToList().ForEach(channel => _channels.Subscribe(_subscriber, Encoding.Latin1.GetString(channel)));
                return true;
            case "UNSUBSCRIBE":
                await FlushAsync(stop);
                _subscriber ??= new Subscriber(_conn);
                string?[] channels = arguments.Count > 1 ? [.. arguments.Skip(1).Select(Encoding.Latin1.GetString)] : [null];
                Array.ForEach(channels, channel => _channels.Unsubscribe(_subscriber, channel));
                return true;
            default:
                _commands.Run(name, arguments, _writer);
                return true;
        }
    }

    // False if the connection ended.
    private async ValueTask<bool> PopAsync(List<byte[]> arguments, bool first, CancellationToken stop)
    {
        if (!double.TryParse(Encoding.Latin1.GetString(arguments[^1]), CultureInfo.InvariantCulture, out double seconds) || !double.IsFinite(seconds))
        {
            _writer.Error("ERR timeout is not a float or out of range");
            return true;
        }

        if (seconds < 0)
        {
            _writer.Error("ERR timeout is negative");
            return true;
        }

        string[] keys = [.. arguments.Skip(1).SkipLast(1).Select(Encoding.Latin1.GetString)];
        var waiter = new ListWaiter(keys, first);
        lock (_database.Lock)
        {
            foreach (string key in keys)
            {
                if (_database.Find(key) is { List: null })
                {
                    _writer.Error(Commands.WrongType);
                    return true;
                }

                if (_database.Pop(key, first) is { } item)
                {
                    Reply(key, item);
                    return true;
                }
            }

            _database.Enqueue(waiter);
        }

        await FlushAsync(stop);                      // what came before in the pipeline is answered before this one waits
        var select = new Select();
        var handed = select.Receive(waiter.Handed);
        TimeoutCase timeout = select.Timeout(TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue)));
        timeout.Enabled = seconds > 0;

        // A client that goes away must not be handed an item, so the wait also ends with the connection. If the client has sent further commands already,
        // they stay where they are, and its end is noticed when the next one is read.
        var read = _reader.IsEmpty ? select.Join(_filling = Go.Run(() => _reader.FillAsync(stop))) : null;
        bool isOpen = true, isOver = false;
        try
        {
            while (!isOver)
            {
                await select.WaitAsync(stop);
                isOver = read is not { Selected: true };
                if (!isOver)
                {
                    read!.Enabled = false;
                    isOpen = await FillAsync(stop);
                    isOver = !isOpen;
                }
            }
        }
        finally
        {
            lock (_database.Lock)
            {
                _database.Forget(waiter);            // nothing is handed over from here on
                if ((!isOver || !isOpen) && waiter.Handed.TryTake(out var unclaimed))
                {
                    _database.Push(unclaimed.Key, [unclaimed.Item], first);
                }
            }
        }

        if (handed.Selected)
        {
            Reply(handed.Value.Key, handed.Value.Item);
        }
        else if (waiter.Handed.TryTake(out var late))
        {
            Reply(late.Key, late.Item);              // it came between the time-out and the lock
        }
        else
        {
            _writer.NoArray();
        }

        return isOpen;

        void Reply(string key, byte[] item)
        {
            _writer.Array(2);
            _writer.Bulk(key);
            _writer.Bulk(item);
        }
    }

    private async ValueTask FlushAsync(CancellationToken stop)
    {
        if (_writer.Count == 0)
        {
            return;
        }

        if (_subscriber is null)
        {
            await _conn.WriteAsync(_writer.Bytes, stop);
        }
        else
        {
            _subscriber.Put(_writer.Bytes.ToArray());        // in one row with the messages
        }

        _writer.Clear();
    }
}
