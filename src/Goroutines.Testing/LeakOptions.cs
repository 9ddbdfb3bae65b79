namespace Goroutines.Testing;

/// <summary>Settings of <see cref="GoTest.NoLeaks"/>.</summary>
public sealed class LeakOptions
{
    /// <summary>Gets or sets the runtime to look at. Null: that of the running goroutine, outside of one the process-wide default.</summary>
    public GoRuntime? Runtime { get; set; }

    /// <summary>Gets or sets whether goroutines that exist when the check is made are left alone. Default: true.</summary>
    public bool IgnoreExisting { get; set; } = true;

    /// <summary>Gets or sets which goroutines are known, and left alone. Null: none.</summary>
    public Func<GoroutineInfo, bool>? Ignore { get; set; }

    /// <summary>Gets or sets how long, in real time, goroutines may take to end before they count as leaked. Default: 1 second.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(1);
}
