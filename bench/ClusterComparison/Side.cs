namespace Goroutines.ClusterComparison;

/// <summary>A client that the rows are run on.</summary>
/// <param name="Name">What <c>--only</c> and the peers call it.</param>
/// <param name="Title">What the page calls it.</param>
/// <param name="Engine">The server that it needs.</param>
/// <param name="IsDotNet">Whether the .NET peer runs it.</param>
/// <param name="HasScenes">Whether it has the rows of several processes.</param>
internal sealed record Side(string Name, string Title, string Engine, bool IsDotNet, bool HasScenes = true)
{
    public const string Ours = "ours";

    /// <summary>The client that ours is made of.</summary>
    public const string Raw = "nats-net";

    public static readonly IReadOnlyList<Side> All =
    [
        new(Ours, "ours", "nats", IsDotNet: true),
        new(Raw, "NATS.Net", "nats", IsDotNet: true),
        new("nats-go", "nats.go", "nats", IsDotNet: false),
        new("redis", "Redis streams", "redis", IsDotNet: true),
        new("rabbitmq", "RabbitMQ", "rabbitmq", IsDotNet: true),
        new("orleans", "Orleans streams", "orleans", IsDotNet: true, HasScenes: false),
    ];

    public bool IsOurs => Name == Ours;
}
