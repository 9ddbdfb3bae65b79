namespace Goroutines.Hosting;

/// <summary>Settings of a host's goroutines: the section <c>Goroutines</c> of the configuration, and what the program sets.</summary>
/// <remarks>A duration in the configuration is written as <c>00:00:05</c>. A value that is none, or out of its range, ends the start of the host
/// with an <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> that names the key.</remarks>
public sealed class GoroutinesOptions
{
    /// <summary>The section of the configuration that the options are read from.</summary>
    public const string SectionName = "Goroutines";

    /// <summary>How many goroutines run at once, from 1 to 1024. Null, the default: as <see cref="GoRuntimeOptions.MaxProcs"/>.</summary>
    public int? MaxProcs { get; set; }

    /// <summary>The stack size of goroutines with synchronous bodies, in bytes. Null, the default: as <see cref="GoRuntimeOptions.StackSize"/>.</summary>
    public int? StackSize { get; set; }

    /// <summary>The most threads of goroutines with synchronous bodies. Null, the default: as <see cref="GoRuntimeOptions.MaxThreads"/>.</summary>
    public int? MaxThreads { get; set; }

    /// <summary>The runtime's name, in threads, metrics and logs. Null, the default: the application's name.</summary>
    public string? Name { get; set; }

    /// <summary>How long the stopping host waits for goroutines to end, after all hosted services have stopped. Default: 5 seconds. The host's own
    /// limit (<c>HostOptions.ShutdownTimeout</c>) may end the wait earlier.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether a panic stops the host. Default: <see langword="false"/>: it is logged and the others go on.</summary>
    public bool StopHostOnPanic { get; set; }

    /// <summary>The clock of the runtime. Null, the default: the <see cref="TimeProvider"/> among the services, else the system's.</summary>
    public TimeProvider? TimeProvider { get; set; }
}
