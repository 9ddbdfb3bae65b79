using Goroutines.Net;

namespace Balancer;

/// <summary>How a backend is chosen among those that are available.</summary>
internal enum Policy
{
    /// <summary>Each in turn.</summary>
    RoundRobin,

    /// <summary>The one with the fewest requests or connections under way; each in turn where several have as few.</summary>
    LeastConnections,
}

/// <summary>What to balance, and the limits.</summary>
internal sealed record BalancerOptions
{
    /// <summary>Gets the addresses of the backends.</summary>
    internal required IReadOnlyList<string> Backends { get; init; }

    /// <summary>Gets the address to listen on.</summary>
    internal string Listen { get; init; } = ":8080";

    /// <summary>Gets the address of the endpoint for metrics and health; <see langword="null"/> for none.</summary>
    internal string? Admin { get; init; }

    /// <summary>Gets whether bytes are passed on as they are, without a look at HTTP.</summary>
    internal bool IsTcp { get; init; }

    internal Policy Policy { get; init; }

    /// <summary>Gets the path that a healthy backend answers with a status of 200 to 399; <see langword="null"/>: being connected to is enough.</summary>
    internal string? HealthPath { get; init; }

    /// <summary>Gets the time between two checks of a backend; the time that a check may take is the same.</summary>
    internal TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets how many checks in a row have to fail before a backend is taken out.</summary>
    internal int Fall { get; init; } = 2;

    /// <summary>Gets how many checks in a row have to succeed before it is taken in again.</summary>
    internal int Rise { get; init; } = 2;

    /// <summary>Gets how many requests in a row have to fail before a backend is ejected without waiting for a check.</summary>
    internal int EjectAfter { get; init; } = 3;

    /// <summary>Gets how long the first ejection lasts; each further one in a row lasts so much longer, up to ten times.</summary>
    internal TimeSpan EjectFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets how many backends one request is sent to at most.</summary>
    internal int Attempts { get; init; } = 3;

    /// <summary>Gets the time that a dial may take.</summary>
    internal TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets the time from the end of a request to the head of its answer, and between two pieces of a body on either side.</summary>
    internal TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the time that a client may take for the head of a request once it has begun.</summary>
    internal TimeSpan HeadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets the time that a connection may lie idle, between two requests or in a tunnel.</summary>
    internal TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets how long connections are still accepted after SIGTERM, so that whatever sends them sees the health endpoint's 503 first.</summary>
    internal TimeSpan DrainDelay { get; init; }

    /// <summary>Gets how long requests and tunnels under way may go on after that.</summary>
    internal TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how a backend is connected to; tests put connections in memory here.</summary>
    internal Func<string, CancellationToken, ValueTask<Conn>> Dial { get; init; } = static (address, cancellationToken) => Conn.DialAsync(address, cancellationToken);
}
