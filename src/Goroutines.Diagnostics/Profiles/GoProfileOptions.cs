namespace Goroutines.Diagnostics;

/// <summary>The settings of <see cref="GoProfile.Collect"/>.</summary>
public sealed class GoProfileOptions
{
    /// <summary>Gets or sets the runtime. If it is null, the current one is used.</summary>
    public GoRuntime? Runtime { get; set; }

    /// <summary>Gets or sets whether the profile of goroutines has a sample per goroutine, with its id as a label, rather than one per
    /// group. The default is false.</summary>
    public bool EachGoroutine { get; set; }

    /// <summary>Gets or sets whether the profile of goroutines has their labels (<see cref="GoLabels"/>). The default is false, since their
    /// values may be secret.</summary>
    public bool Labels { get; set; }
}
