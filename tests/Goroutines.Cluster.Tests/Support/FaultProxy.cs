using System.Net;
using Goroutines.Net;

namespace Goroutines.Cluster.Tests;

/// <summary>Stands between a client and the server, and cuts or swallows what goes through. Made of the library's own connections.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly Listener _listener = Listener.Listen("127.0.0.1:0");
    private readonly string _target;
    private readonly Lock _gate = new();
    private readonly List<Conn> _connections = [];
    private volatile bool _swallows;
    private volatile Func<ReadOnlyMemory<byte>, ValueTask>? _passing;

    internal FaultProxy(NatsServer server)
    {
        _target = $"127.0.0.1:{server.Port}";
        Go.Spawn(AcceptAsync);
    }

    internal string Url => $"nats://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint).Port}";

    /// <summary>Whether bytes vanish in both directions while the connections stay.</summary>
    internal bool Swallows
    {
        set => _swallows = value;
    }

    /// <summary>Called with what a client sends, before it goes on to the server; null for nothing.</summary>
    internal Func<ReadOnlyMemory<byte>, ValueTask>? Passing
    {
        get => _passing;
        set => _passing = value;
    }

    /// <summary>Cuts all connections; new ones are let through.</summary>
    internal void Cut()
    {
        lock (_gate)
        {
            foreach (Conn connection in _connections)
            {
                connection.Dispose();
            }

            _connections.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        Cut();
    }

    private async ValueTask AcceptAsync()
    {
        while (true)
        {
            Conn client;
            try
            {
                client = await _listener.AcceptAsync();
            }
            catch (ObjectDisposedException)
            {
                return;
            }

            Conn? server = null;
            try
            {
                server = await Conn.DialAsync(_target);
            }
            catch (IOException)
            {
                client.Dispose();
                continue;
            }

            lock (_gate)
            {
                _connections.Add(client);
                _connections.Add(server);
            }

            Go.Spawn(async () => await PumpAsync(client, server, isClient: true));
            Go.Spawn(async () => await PumpAsync(server, client, isClient: false));
        }
    }

    private async ValueTask PumpAsync(Conn from, Conn to, bool isClient)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            int count;
            while ((count = await from.ReadAsync(buffer)) != 0)
            {
                if (isClient && _passing is { } passing)
                {
                    await passing(buffer.AsMemory(0, count));
                }

                if (!_swallows)
                {
                    await to.WriteAsync(buffer.AsMemory(0, count));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Cut.
        }

        from.Dispose();
        to.Dispose();
    }
}
