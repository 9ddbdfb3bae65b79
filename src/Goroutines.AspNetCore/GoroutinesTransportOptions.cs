namespace Goroutines.AspNetCore;

/// <summary>The settings of the Kestrel transport on the scheduler's poller.</summary>
public sealed class GoroutinesTransportOptions
{
    /// <summary>Gets or sets how many connections the system queues before they are accepted; at least 1. The system may allow fewer. The
    /// default is 512.</summary>
    public int Backlog { get; set; } = 512;

    /// <summary>Gets or sets whether small writes are sent at once rather than gathered (<c>TCP_NODELAY</c>). The default is
    /// true.</summary>
    public bool NoDelay { get; set; } = true;

    /// <summary>Gets or sets whether the framework's transport is used instead. The default is false.</summary>
    /// <remarks>The framework's transport is always used where the poller is not available: on systems other than Linux on x64 and arm64,
    /// and if <c>GOROUTINES_NET=framework</c> is set.</remarks>
    public bool UseFrameworkTransport { get; set; }

    /// <summary>Gets or sets the runtime whose workers run the connections. If it is null, the default, the <see cref="GoRuntime"/> among
    /// the services is used; without one, <see cref="GoRuntime.Default"/>.</summary>
    public GoRuntime? Runtime { get; set; }
}
