namespace Balancer;

/// <summary>The state of a backend and its idle connections. The pool's lock guards all of it.</summary>
internal sealed class Backend(string address)
{
    internal string Address { get; } = address;

    /// <summary>Gets or sets whether the health checks consider the backend healthy.</summary>
    internal bool IsHealthy { get; set; } = true;

    /// <summary>Gets or sets the end of the ejection.</summary>
    internal DateTimeOffset EjectedUntil { get; set; }

    /// <summary>Gets or sets the number of ejections since the last request that succeeded.</summary>
    internal int EjectionsInARow { get; set; }

    /// <summary>Gets or sets the number of requests in a row that failed.</summary>
    internal int FailuresInARow { get; set; }

    /// <summary>Gets or sets the number of checks in a row that contradicted <see cref="IsHealthy"/>.</summary>
    internal int ChecksAgainst { get; set; }

    /// <summary>Gets or sets the number of requests or tunnels under way.</summary>
    internal int Active { get; set; }

    internal long Requests { get; set; }

    internal long Failures { get; set; }

    internal long Ejections { get; set; }

    /// <summary>Gets the idle connections, each with the time at which it became idle. The last one in is the first one out.</summary>
    internal Stack<(HttpEnd End, DateTimeOffset Since)> Idle { get; } = [];
}
