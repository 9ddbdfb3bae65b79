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
    private readonly HashSet<Conn> _forgotten = [];
    private volatile bool _swallows;
    private volatile Func<ReadOnlyMemory<byte>, ValueTask>? _passing;

    internal FaultProxy(int port)
    {
        _target = $"127.0.0.1:{port}";
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

    /// <summary>Whether the server gets each message of a client twice, other than a request for values, which has no outcome of its own.</summary>
    internal bool Doubles { get; init; }

    /// <summary>Lets the present connections, but not new ones, swallow what goes through, as when a router forgets them. Nobody closes them.</summary>
    internal void Forget()
    {
        lock (_gate)
        {
            _forgotten.UnionWith(_connections);
        }
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
        MessageDoubler? doubler = isClient && Doubles ? new MessageDoubler() : null;
        try
        {
            int count;
            while ((count = await from.ReadAsync(buffer)) != 0)
            {
                if (isClient && _passing is { } passing)
                {
                    await passing(buffer.AsMemory(0, count));
                }

                if (!_swallows && !IsForgotten(from))
                {
                    await to.WriteAsync(doubler?.Double(buffer.AsSpan(0, count)) ?? buffer.AsMemory(0, count));
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

    private bool IsForgotten(Conn connection)
    {
        lock (_gate)
        {
            return _forgotten.Contains(connection);
        }
    }
}
