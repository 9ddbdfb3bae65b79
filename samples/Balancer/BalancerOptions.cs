using Goroutines.Net;

namespace Balancer;

/// <summary>How a backend is chosen among the available ones.</summary>
internal enum Policy
{
    /// <summary>Each in turn.</summary>
    RoundRobin,

    /// <summary>The one with the fewest requests or connections under way; each in turn if several have the same number.</summary>
    LeastConnections,
}

/// <summary>What is balanced, and the limits.</summary>
internal sealed record BalancerOptions
{
    /// <summary>Gets the addresses of the backends.</summary>
    internal required IReadOnlyList<string> Backends { get; init; }

    /// <summary>Gets the address to listen on.</summary>
    internal string Listen { get; init; } = ":8080";

    /// <summary>Gets the address of the endpoint for metrics and health; <see langword="null"/> for none.</summary>
    internal string? Admin { get; init; }

    /// <summary>Gets whether bytes are passed on unchanged, without parsing HTTP.</summary>
    internal bool IsTcp { get; init; }

    internal Policy Policy { get; init; }

    /// <summary>Gets the path to which a healthy backend responds with a status of 200 to 399. With <see langword="null"/>, a connection is
    /// enough.</summary>
    internal string? HealthPath { get; init; }

    /// <summary>Gets the time between two checks of a backend. A check may take as long.</summary>
    internal TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets how many checks in a row must fail before a backend is removed.</summary>
    internal int Fall { get; init; } = 2;

    /// <summary>Gets how many checks in a row must succeed before it is used again.</summary>
    internal int Rise { get; init; } = 2;

    /// <summary>Gets how many requests in a row must fail before a backend is ejected, without waiting for a check.</summary>
    internal int EjectAfter { get; init; } = 3;

    /// <summary>Gets how long the first ejection lasts. Each further one in a row lasts longer by the same time, up to ten times as
    /// long.</summary>
    internal TimeSpan EjectFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets the maximum number of backends that a request is sent to.</summary>
    internal int Attempts { get; init; } = 3;

    /// <summary>Gets the time that a dial may take.</summary>
    internal TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets the limit of the time from the end of a request to the head of its response, and between two pieces of a body on
    /// either side.</summary>
    internal TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the time that the head of a request may take once it has begun.</summary>
    internal TimeSpan HeadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets the time that a connection may be idle, between two requests or in a tunnel.</summary>
    internal TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets how long connections are still accepted after SIGTERM, so that their senders can first see the health endpoint's
    /// 503.</summary>
    internal TimeSpan DrainDelay { get; init; }

    /// <summary>Gets how long requests and tunnels under way may continue after <see cref="DrainDelay"/>.</summary>
    internal TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the function that connects to a backend. Tests use connections in memory.</summary>
    internal Func<string, CancellationToken, ValueTask<Conn>> Dial { get; init; } = static (address, cancellationToken) => Conn.DialAsync(address, cancellationToken);
}
