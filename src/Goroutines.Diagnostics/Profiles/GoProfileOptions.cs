namespace Goroutines.Diagnostics;

/// <summary>Settings of <see cref="GoProfile.Collect"/>.</summary>
public sealed class GoProfileOptions
{
    /// <summary>The runtime. Null: the current one.</summary>
    public GoRuntime? Runtime { get; set; }

    /// <summary>Whether the profile of goroutines has a sample for each goroutine, with its id as a label, rather than one for each group. Default: false.</summary>
    public bool EachGoroutine { get; set; }

    /// <summary>Whether the profile of goroutines has their labels (<see cref="GoLabels"/>). Default: false: their values may be secret.</summary>
    public bool Labels { get; set; }
}
