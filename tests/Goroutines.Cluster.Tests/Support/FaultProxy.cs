using System.Net;
using System.Runtime.ExceptionServices;
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
    private readonly CancellationTokenSource _stop = new();
    private readonly Goroutine _serves;
    private volatile bool _swallows;
    private volatile Func<ReadOnlyMemory<byte>, ValueTask>? _passing;

    internal FaultProxy(int port)
    {
        _target = $"127.0.0.1:{port}";
        _serves = Go.Run(async () => await _listener.ServeAsync(ServeAsync, OnError, _stop.Token));
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
        await _stop.CancelAsync();
        await _listener.DisposeAsync();
        await _serves;
        _stop.Dispose();
    }

    /// <summary>What escapes the handler of a connection: that one of its ends has gone is what these tests are for.</summary>
    internal static void OnError(Exception exception)
    {
        if (exception is not (IOException or ObjectDisposedException or OperationCanceledException))
        {
            ExceptionDispatchInfo.Throw(exception);
        }
    }

    private async ValueTask ServeAsync(Conn client, CancellationToken stop)
    {
        await using Conn server = await Conn.DialAsync(_target, stop);
        lock (_gate)
        {
            _connections.Add(client);
            _connections.Add(server);
        }

        Goroutine answers = Go.Run(async () => await PumpAsync(server, client, isClient: false, stop));
        await PumpAsync(client, server, isClient: true, stop);
        await answers;
        lock (_gate)
        {
            _connections.Remove(client);
            _connections.Remove(server);
        }
    }

    private async ValueTask PumpAsync(Conn from, Conn to, bool isClient, CancellationToken stop)
    {
        byte[] buffer = new byte[64 * 1024];
        MessageDoubler? doubler = isClient && Doubles ? new MessageDoubler() : null;
        try
        {
            int count;
            while ((count = await from.ReadAsync(buffer, stop)) != 0)
            {
                if (isClient && _passing is { } passing)
                {
                    await passing(buffer.AsMemory(0, count));
                }

                if (!_swallows && !IsForgotten(from))
                {
                    await to.WriteAsync(doubler?.Double(buffer.AsSpan(0, count)) ?? buffer.AsMemory(0, count), stop);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Cut, or at the end.
        }

        from.Dispose(); // so that the other direction ends, too
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
