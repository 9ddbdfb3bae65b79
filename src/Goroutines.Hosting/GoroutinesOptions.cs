namespace Goroutines.Hosting;

/// <summary>The settings of a host's goroutines. They come from the section <c>Goroutines</c> of the configuration and from the
/// program.</summary>
/// <remarks>In the configuration a duration is written as <c>00:00:05</c>. If a value cannot be parsed or is out of its range, the start
/// of the host throws an <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> that names the key.</remarks>
public sealed class GoroutinesOptions
{
    /// <summary>The section of the configuration that the options are read from.</summary>
    public const string SectionName = "Goroutines";

    /// <summary>Gets or sets how many goroutines run at once, from 1 to 1024. If it is null, the default of
    /// <see cref="GoRuntimeOptions.MaxProcs"/> applies.</summary>
    public int? MaxProcs { get; set; }

    /// <summary>Gets or sets the stack size of goroutines with synchronous bodies, in bytes. If it is null, the default of
    /// <see cref="GoRuntimeOptions.StackSize"/> applies.</summary>
    public int? StackSize { get; set; }

    /// <summary>Gets or sets the maximum number of threads of goroutines with synchronous bodies. If it is null, the default of
    /// <see cref="GoRuntimeOptions.MaxThreads"/> applies.</summary>
    public int? MaxThreads { get; set; }

    /// <summary>Gets or sets the runtime's name in threads, metrics and logs. If it is null, it is the application's name.</summary>
    public string? Name { get; set; }

    /// <summary>Gets or sets how long the stopping host waits for goroutines to end after all hosted services have stopped. The host's own
    /// limit (<c>HostOptions.ShutdownTimeout</c>) may end the wait earlier. The default is 5 seconds.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets whether a panic stops the host. The default is false: the panic is logged, and the other goroutines go
    /// on.</summary>
    public bool StopHostOnPanic { get; set; }

    /// <summary>Gets or sets the clock of the runtime. If it is null, the <see cref="TimeProvider"/> among the services is used; without
    /// one, the system's clock.</summary>
    public TimeProvider? TimeProvider { get; set; }
}
