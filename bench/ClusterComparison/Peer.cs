namespace Goroutines.ClusterComparison;

/// <summary>The program of one side.</summary>
internal sealed class Peer(Side side, string program)
{
    public Side Side => side;

    /// <summary>The version of its language's runtime, known after the first row.</summary>
    public string Runtime { get; set; } = "";

    public string Settings { get; set; } = "";

    /// <summary>Starts a process that runs a row, or that is one of several in a row.</summary>
    public Child Start(string verb, Server server, string queue, params IEnumerable<string> arguments)
        => new($"{side.Name} {verb}", program, [side.Name, verb, server.Url, queue, .. arguments]);
}
