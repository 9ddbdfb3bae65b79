using NATS.Client.Core;

namespace Goroutines.Cluster.Nats;

/// <summary>Connects to clusters whose engine is NATS with JetStream.</summary>
public static class NatsCluster
{
    /// <summary>Connects this process to a cluster.</summary>
    /// <param name="url">The server, such as <c>nats://10.0.0.1:4222</c>, or several servers separated by commas.</param>
    /// <param name="options">The settings. The defaults are those of <see cref="NatsClusterOptions"/>.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The connection. It survives restarts of the server.</returns>
    /// <exception cref="ArgumentException"><paramref name="url"/> is empty, or a setting is invalid.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="ClusterConfigurationException">The server is too old, has no JetStream or refuses the credentials, or an object of
    /// the namespace exists with other settings. The message says what to do.</exception>
    /// <exception cref="TimeoutException">No server answered within <see cref="ClusterOptions.OperationTimeout"/>.</exception>
    public static async ValueTask<ClusterConnection> ConnectAsync(string url, NatsClusterOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(url);
        options ??= new NatsClusterOptions();
        options.Check();
        return new ClusterConnection(await NatsEngine.ConnectAsync(url, options, cancellationToken));
    }
}

/// <summary>The settings of a connection to NATS.</summary>
public sealed class NatsClusterOptions : ClusterOptions
{
    /// <summary>
    /// Gets or sets the prefix of the names of streams and subjects. Programs with different namespaces do not see each other. It has 1 to
    /// 50 characters: letters, digits, <c>-</c> and <c>_</c>. The default is <c>goroutines</c>.
    /// </summary>
    public string Namespace { get; set; } = "goroutines";

    /// <summary>Gets or sets whether the streams that every program of the namespace uses are created if they are missing. If it is false,
    /// the program needs no permission to create them. The default is true.</summary>
    public bool Provision { get; set; } = true;

    /// <summary>Gets or sets the number of servers that store leases and close marks: 1, 3 or 5. The default is 1.</summary>
    public int Replicas { get; set; } = 1;

    /// <summary>Gets or sets the client's own settings: credentials (<see cref="NatsOpts.AuthOpts"/>: user, token, NKey, JWT), TLS
    /// (<see cref="NatsOpts.TlsOpts"/>), proxies. This library overrides its <c>Url</c>, <c>Name</c>, time-outs, pings and reconnection.</summary>
    public NatsOpts Nats { get; set; } = NatsOpts.Default;

    internal void Check()
    {
        Validate();
        ArgumentNullException.ThrowIfNull(Nats);
        if (string.IsNullOrEmpty(Namespace) || Namespace.Length > 50 || !Namespace.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw new ArgumentException("A namespace has from 1 to 50 letters, digits, '-' and '_'.", nameof(Namespace));
        }

        if (Replicas is not (1 or 3 or 5))
        {
            throw new ArgumentException("Replicas must be 1, 3 or 5.", nameof(Replicas));
        }
    }
}
