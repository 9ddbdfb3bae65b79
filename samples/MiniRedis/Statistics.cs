using Goroutines;

namespace MiniRedis;

/// <summary>What INFO tells of the server.</summary>
internal sealed class Statistics
{
    private readonly DateTimeOffset _started = Go.Now;
    private long _commands;
    private int _clients;
    private int _connections;

    public void Connect()
    {
        Interlocked.Increment(ref _clients);
        Interlocked.Increment(ref _connections);
    }

    public void Disconnect() => Interlocked.Decrement(ref _clients);

    public void Count(int commands) => Interlocked.Add(ref _commands, commands);

    public string Describe(int keys, int expiring) => $"""
        # Server
        redis_version:7.0.0
        redis_mode:standalone
        process_id:{Environment.ProcessId}
        uptime_in_seconds:{(long)(Go.Now - _started).TotalSeconds}

        # Clients
        connected_clients:{Volatile.Read(ref _clients)}

        # Memory
        used_memory:{GC.GetTotalMemory(forceFullCollection: false)}

        # Stats
        total_connections_received:{Volatile.Read(ref _connections)}
        total_commands_processed:{Volatile.Read(ref _commands)}
        goroutines:{Go.Count}

        # Keyspace
        db0:keys={keys},expires={expiring},avg_ttl=0

        """.ReplaceLineEndings("\r\n");
}
