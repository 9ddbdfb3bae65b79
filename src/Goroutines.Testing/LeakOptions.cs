namespace Goroutines.Testing;

/// <summary>Settings of <see cref="GoTest.NoLeaks"/>.</summary>
public sealed class LeakOptions
{
    /// <summary>Gets or sets the runtime to check. If it is null, it is the runtime of the running goroutine or, outside goroutines, the
    /// process-wide default.</summary>
    public GoRuntime? Runtime { get; set; }

    /// <summary>Gets or sets whether goroutines that exist when the check is created are ignored. The default is true.</summary>
    public bool IgnoreExisting { get; set; } = true;

    /// <summary>Gets or sets a predicate for known goroutines, which are ignored. If it is null, none are.</summary>
    public Func<GoroutineInfo, bool>? Ignore { get; set; }

    /// <summary>Gets or sets how long, in real time, goroutines may take to end before they count as leaked. Default: 1 second.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(1);
}
