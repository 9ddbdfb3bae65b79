namespace Goroutines.Race;

/// <summary>What reports say of a strand. It outlives the strand (<see cref="StrandHistory"/>), so it refers to no clock, goroutine or runtime.</summary>
/// <param name="Kind">What the strand is, such as "goroutine".</param>
/// <param name="Number">Its number among those of its kind, for goroutines the id; 0 if it has none.</param>
/// <param name="File">The file in which it was created; null or empty if that is not known.</param>
/// <param name="Line">The line in that file.</param>
internal readonly record struct StrandIdentity(string Kind, long Number = 0, string? File = null, int Line = 0)
{
    private const string GoroutineKind = "goroutine";

    /// <summary>The first epoch of the strand in its slot.</summary>
    internal long FirstEpoch { get; init; }

    internal bool HasFinished { get; init; }

    /// <summary>Its name in reports, such as "goroutine 7".</summary>
    internal string Name => Number == 0 ? Kind : $"{Kind} {Number}";

    /// <summary>The goroutine's id; 0 if the strand is not a goroutine.</summary>
    internal long GoroutineId => ReferenceEquals(Kind, GoroutineKind) ? Number : 0;

    internal static StrandIdentity OfGoroutine(long id, string? file, int line) => new(GoroutineKind, id, file, line);
}
