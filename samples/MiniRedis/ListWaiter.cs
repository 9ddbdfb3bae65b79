using Goroutines;

namespace MiniRedis;

/// <summary>A client that waits in BLPOP or BRPOP for the first of several lists to have an item.</summary>
internal sealed class ListWaiter(string[] keys, bool first)
{
    public string[] Keys => keys;

    /// <summary>Gets a value that is true if the client takes the first item, and false if it takes the last.</summary>
    public bool First => first;

    /// <summary>Gets the channel on which the item is handed over: one, so that handing over never waits.</summary>
    public Chan<(string Key, byte[] Item)> Handed { get; } = new(capacity: 1);

    /// <summary>Gets or sets a value that says whether an item was handed over or the client has given up. Under the database's lock.</summary>
    public bool IsDone { get; set; }
}
