namespace Balancer;

/// <summary>A backend: what is known of it, and its idle connections. All of it is guarded by the pool's lock.</summary>
internal sealed class Backend(string address)
{
    internal string Address { get; } = address;

    /// <summary>Gets or sets whether the health checks want it in.</summary>
    internal bool IsHealthy { get; set; } = true;

    /// <summary>Gets or sets the time until which it is ejected.</summary>
    internal DateTimeOffset EjectedUntil { get; set; }

    /// <summary>Gets or sets how many ejections followed each other without a request that succeeded.</summary>
    internal int EjectionsInARow { get; set; }

    /// <summary>Gets or sets how many requests in a row failed.</summary>
    internal int FailuresInARow { get; set; }

    /// <summary>Gets or sets how many checks in a row said otherwise than <see cref="IsHealthy"/>.</summary>
    internal int ChecksAgainst { get; set; }

    /// <summary>Gets or sets how many requests or tunnels are under way.</summary>
    internal int Active { get; set; }

    internal long Requests { get; set; }

    internal long Failures { get; set; }

    internal long Ejections { get; set; }

    /// <summary>Gets the connections that wait for a request, with the time since which they do. The last one in is the first one out.</summary>
    internal Stack<(HttpEnd End, DateTimeOffset Since)> Idle { get; } = [];
}
