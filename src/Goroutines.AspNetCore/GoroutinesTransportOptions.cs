namespace Goroutines.AspNetCore;

/// <summary>Settings of the Kestrel transport on the scheduler's poller.</summary>
public sealed class GoroutinesTransportOptions
{
    /// <summary>How many connections the system queues that have not been accepted yet, from 1 up; the system may allow less. Default: 512.</summary>
    public int Backlog { get; set; } = 512;

    /// <summary>Whether small writes are sent at once rather than gathered (<c>TCP_NODELAY</c>). Default: <see langword="true"/>.</summary>
    public bool NoDelay { get; set; } = true;

    /// <summary>Whether the framework's transport is used after all. Default: <see langword="false"/>.</summary>
    /// <remarks>It is used in any case where the poller is not to be had: on other systems than Linux on x64 and arm64, and when
    /// <c>GOROUTINES_NET=framework</c> is set.</remarks>
    public bool UseFrameworkTransport { get; set; }

    /// <summary>The runtime whose workers run connections. Default: null, which means the <see cref="GoRuntime"/> among the services, else
    /// <see cref="GoRuntime.Default"/>.</summary>
    public GoRuntime? Runtime { get; set; }
}
