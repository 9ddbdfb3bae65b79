using Microsoft.Extensions.Logging;

namespace Goroutines.Cluster;

/// <summary>Settings of a <see cref="ClusterConnection"/> that all engines have.</summary>
public class ClusterOptions
{
    /// <summary>Gets or sets the name of this member in logs and on the server. The default is the machine's name and the process id.</summary>
    public string Name { get; set; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>Gets or sets how long an operation is repeated while the engine does not answer. After that, its outcome is unknown. More than zero.
    /// The default is 30 seconds.</summary>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how long one attempt of an operation waits for its answer. More than zero. The default is 2 seconds.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets the factory of the connection's logger, with the category <c>Goroutines.Cluster</c>. By default, it does not log.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    internal virtual void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Name);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(OperationTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RequestTimeout, TimeSpan.Zero);
    }
}
