using Goroutines.Diagnostics.Profiles;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>A profile (Go's <c>runtime/pprof</c>): goroutines, leaks, or waits, by stack. It does not change, and is safe from any thread.</summary>
/// <remarks>
/// <list type="table">
/// <item><term><c>goroutine</c></term><description>The goroutines there are, by where they are and why they wait.</description></item>
/// <item><term><c>leak</c></term><description>Goroutines that were garbage collected while they were parked, by creation site.</description></item>
/// <item><term><c>block</c></term><description>Waits for channels, locks, groups and the like: how long goroutines of each creation site waited, why, and who woke them.</description></item>
/// <item><term><c>mutex</c></term><description>Waits for locks, by the creation site of the goroutine that let go of the lock: who made others wait.</description></item>
/// <item><term><c>spawn</c></term><description>Goroutines started, by creation site.</description></item>
/// </list>
/// All but the first need <see cref="GoProfiling"/>, and begin when that does.
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

    /// <summary>The names of the profiles.</summary>
    public static IReadOnlyList<string> Names { get; } = ["goroutine", "leak", "block", "mutex", "spawn"];

    /// <summary>The profile's name.</summary>
    public string Name { get; }

    /// <summary>When it was collected, by the runtime's clock.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>What it has, the largest first.</summary>
    public IReadOnlyList<GoProfileSample> Samples { get; }

    /// <summary>Collects a profile, while goroutines go on.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">The settings; <see langword="null"/>: the defaults.</param>
    /// <returns>The profile.</returns>
    /// <exception cref="ArgumentException">There is no profile of that name.</exception>
    /// <exception cref="InvalidOperationException">The profile needs <see cref="GoProfiling"/>, which is off: it would be empty whatever has happened.</exception>
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

    /// <summary>What has come since an earlier profile of the same name; what has gone is negative.</summary>
    /// <param name="earlier">The earlier one.</param>
    /// <returns>The difference, without what has not changed.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="earlier"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">It is a profile of another name.</exception>
    public GoProfile Since(GoProfile earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return earlier.Name == Name
            ? new GoProfile(Name, _runtime, ProfileCollector.Difference(Samples, earlier.Samples), _hasDelays, Time)
            : throw new ArgumentException($"A profile \"{Name}\" and a profile \"{earlier.Name}\" have no difference.", nameof(earlier));
    }

    /// <summary>Writes the profile in pprof's format (<c>profile.proto</c>, compressed), which <c>go tool pprof</c> and most profilers open.</summary>
    /// <param name="stream">Where to. It stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public void WritePprof(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        new PprofWriter(this, _runtime, _hasDelays).Write(stream);
    }

    /// <summary>Writes the profile in speedscope's JSON format, which https://www.speedscope.app opens.</summary>
    /// <param name="stream">Where to. It stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public void WriteSpeedscope(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ProfileJson.WriteSpeedscope(this, _hasDelays, stream);
    }

    /// <summary>Writes the profile as a tree for a flame graph: objects with <c>name</c>, <c>value</c>, <c>file</c>, <c>line</c> and <c>children</c>. The value of the profiles with
    /// delays is nanoseconds, of the others a number.</summary>
    /// <param name="stream">Where to. It stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public void WriteFlame(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ProfileJson.WriteFlame(this, _hasDelays, stream);
    }
}
