using Goroutines.Diagnostics.Profiles;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>A profile (Go's <c>runtime/pprof</c>): goroutines, leaks or waits by stack. It is immutable, and so safe to use from any
/// thread.</summary>
/// <remarks>
/// <list type="table">
/// <item><term><c>goroutine</c></term><description>The goroutines that exist, by where they are and why they wait.</description></item>
/// <item><term><c>leak</c></term><description>Goroutines that were garbage collected while parked, by creation site.</description></item>
/// <item><term><c>block</c></term><description>Waits for channels, locks, groups and the like: how long goroutines of each creation site
/// waited, why, and what woke them.</description></item>
/// <item><term><c>mutex</c></term><description>Waits for locks, by the creation site of the goroutine that released the lock and so made
/// others wait.</description></item>
/// <item><term><c>spawn</c></term><description>Goroutines started, by creation site.</description></item>
/// </list>
/// All except the first need <see cref="GoProfiling"/> and count from when it starts.
/// </remarks>
public sealed class GoProfile
{
    private readonly string _runtime;
    private readonly bool _hasDelays;

    internal GoProfile(string name, string runtime, IReadOnlyList<GoProfileSample> samples, bool hasDelays, DateTimeOffset time)
    {
        Name = name;
        Samples = samples;
        Time = time;
        _runtime = runtime;
        _hasDelays = hasDelays;
    }

    /// <summary>Gets the names of the profiles.</summary>
    public static IReadOnlyList<string> Names { get; } = ["goroutine", "leak", "block", "mutex", "spawn"];

    /// <summary>Gets the profile's name.</summary>
    public string Name { get; }

    /// <summary>Gets when it was collected, by the runtime's clock.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>Gets the samples, largest first.</summary>
    public IReadOnlyList<GoProfileSample> Samples { get; }

    /// <summary>Collects a profile while goroutines continue to run.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">The settings; <see langword="null"/> for the defaults.</param>
    /// <returns>The profile.</returns>
    /// <exception cref="ArgumentException">There is no profile of that name.</exception>
    /// <exception cref="InvalidOperationException">The profile needs <see cref="GoProfiling"/>, which is off; it would always be
    /// empty.</exception>
    public static GoProfile Collect(string name, GoProfileOptions? options = null)
    {
        options ??= new GoProfileOptions();
        Scheduler scheduler = (options.Runtime ?? GoRuntime.Current).Scheduler;
        return name switch
        {
            "goroutine" => ProfileCollector.Goroutines(scheduler, options.EachGoroutine, options.Labels),
            "leak" => ProfileCollector.Leaks(scheduler),
            "block" => ProfileCollector.Delays(scheduler, mutex: false),
            "mutex" => ProfileCollector.Delays(scheduler, mutex: true),
            "spawn" => ProfileCollector.Spawns(scheduler),
            _ => throw new ArgumentException($"There is no profile \"{name}\": the profiles are {string.Join(", ", Names)}.", nameof(name)),
        };
    }

    /// <summary>Returns the difference from an earlier profile of the same name. Decreases are negative.</summary>
    /// <param name="earlier">The earlier profile.</param>
    /// <returns>The difference, without unchanged samples.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="earlier"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The profiles have different names.</exception>
    public GoProfile Since(GoProfile earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return earlier.Name == Name
            ? new GoProfile(Name, _runtime, ProfileCollector.Difference(Samples, earlier.Samples), _hasDelays, Time)
            : throw new ArgumentException($"A profile \"{Name}\" and a profile \"{earlier.Name}\" have no difference.", nameof(earlier));
    }

    /// <summary>Writes the profile in pprof's format (<c>profile.proto</c>, compressed), for <c>go tool pprof</c> and many other
    /// tools.</summary>
    /// <param name="stream">Where to. It stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public void WritePprof(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        new PprofWriter(this, _runtime, _hasDelays).Write(stream);
    }

    /// <summary>Writes the profile in speedscope's JSON format, for https://www.speedscope.app.</summary>
    /// <param name="stream">Where to. It stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public void WriteSpeedscope(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ProfileJson.WriteSpeedscope(this, _hasDelays, stream);
    }

    /// <summary>Writes the profile as a tree for a flame graph: objects with <c>name</c>, <c>value</c>, <c>file</c>, <c>line</c> and
    /// <c>children</c>. Values are nanoseconds in profiles with delays, and counts in the others.</summary>
    /// <param name="stream">Where to. It stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public void WriteFlame(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ProfileJson.WriteFlame(this, _hasDelays, stream);
    }
}
