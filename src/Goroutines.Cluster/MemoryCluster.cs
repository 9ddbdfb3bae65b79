using Goroutines.Cluster.InMemory;

namespace Goroutines.Cluster;

/// <summary>
/// A cluster in the memory of this process: the engine for one machine, and for tests. It has the semantics of a cluster (values are copied by their codecs, held,
/// delivered again, given up), and ends with the process.
/// </summary>
/// <remarks>It uses only channels, timers and locks of this library, so that programs that use it run in virtual time and in explored schedules, with
/// faults that <see cref="MemoryClusterOptions.OnOperation"/> chooses. Thread-safe.</remarks>
public sealed class MemoryCluster
{
    private readonly MemoryStore _store;

    /// <summary>Creates an empty cluster on the clock of the current runtime.</summary>
    public MemoryCluster() => _store = new MemoryStore(GoRuntime.Current);

    /// <summary>Creates a cluster with one member, for a program that has no server.</summary>
    /// <param name="options">The member's settings. The defaults are those of <see cref="MemoryClusterOptions"/>.</param>
    /// <returns>The member.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static ClusterConnection Create(MemoryClusterOptions? options = null) => new MemoryCluster().Connect(options);

    /// <summary>Adds a member, which stands for another machine.</summary>
    /// <param name="options">The member's settings. The defaults are those of <see cref="MemoryClusterOptions"/>.</param>
    /// <returns>The member.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public ClusterConnection Connect(MemoryClusterOptions? options = null)
    {
        options ??= new MemoryClusterOptions();
        options.Validate();
        return new ClusterConnection(new MemoryEngine(_store, options));
    }
}

/// <summary>Settings of a member of a <see cref="MemoryCluster"/>.</summary>
public sealed class MemoryClusterOptions : ClusterOptions
{
    /// <summary>Gets or sets a function that chooses a fault for an operation before it is carried out. It must not wait. By default, there are no faults.</summary>
    public Func<MemoryOperation, MemoryFault>? OnOperation { get; set; }
}

/// <summary>An operation that a member of a <see cref="MemoryCluster"/> is about to carry out.</summary>
public sealed class MemoryOperation
{
    internal MemoryOperation(string member, MemoryOperationKind kind, string target)
    {
        Member = member;
        Kind = kind;
        Target = target;
    }

    /// <summary>Gets the member's <see cref="ClusterOptions.Name"/>.</summary>
    public string Member { get; }

    /// <summary>Gets the kind of the operation.</summary>
    public MemoryOperationKind Kind { get; }

    /// <summary>Gets the channel, key, topic or function, as the engine sees its name.</summary>
    public string Target { get; }
}

/// <summary>The kind of a <see cref="MemoryOperation"/>.</summary>
public enum MemoryOperationKind
{
    /// <summary>Opens a channel.</summary>
    Open,

    /// <summary>Stores a value.</summary>
    Publish,

    /// <summary>Waits for a value.</summary>
    Pull,

    /// <summary>Acknowledges a value.</summary>
    Ack,

    /// <summary>Gives a value back.</summary>
    GiveBack,

    /// <summary>Reports that the holder of a value is alive.</summary>
    Progress,

    /// <summary>Stores, lists or removes a dead letter.</summary>
    DeadLetter,

    /// <summary>Asks for the number of values in a channel.</summary>
    State,

    /// <summary>Reads a key: that of a lease, or the mark of a closed channel.</summary>
    ReadKey,

    /// <summary>Writes a key.</summary>
    WriteKey,

    /// <summary>Gives a hint to the other members.</summary>
    Signal,

    /// <summary>Calls a function.</summary>
    Call,

    /// <summary>Checks whether the engine answers.</summary>
    Ping,
}

/// <summary>The fault of a <see cref="MemoryOperation"/>.</summary>
public enum MemoryFault
{
    /// <summary>The operation is carried out.</summary>
    None,

    /// <summary>The operation never arrives, and no answer comes.</summary>
    LoseRequest,

    /// <summary>The operation is carried out, and its answer is lost.</summary>
    LoseAnswer,

    /// <summary>The operation arrives and is carried out twice.</summary>
    Repeat,
}
