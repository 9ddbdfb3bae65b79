using System.Diagnostics.CodeAnalysis;
using Goroutines.Runtime;

namespace Goroutines.Testing;

/// <summary>Finds data races; see <see cref="GoTest.NoRaces"/>.</summary>
/// <remarks>All members are thread-safe. Races that are found before the disposal are thrown instead of being printed.</remarks>
public sealed class RaceCheck : IDisposable
{
    private readonly int _known = RaceHooks.Observer?.Races.Count ?? 0;

    private int _disposed;

    internal RaceCheck() => RaceHooks.Observer?.Check(+1);

    /// <summary>Fails if races were found since the check was created.</summary>
    /// <exception cref="DataRaceException">There were data races.</exception>
    public void Check()
    {
        if (RaceHooks.Observer?.Races is { } races && races.Count > _known)
        {
            throw new DataRaceException([.. races.Skip(_known)], null);
        }
    }

    /// <summary>Does the same as <see cref="Check"/>. Its exception hides an exception that is leaving the <c>using</c> block; if that matters, also call
    /// <see cref="Check"/> at the end of the test.</summary>
    /// <exception cref="DataRaceException">There were data races.</exception>
    [SuppressMessage("Design", "CA1065:Do not raise exceptions in unexpected locations", Justification = "It is there to fail the test.")]
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            RaceHooks.Observer?.Check(-1);
            Check();
        }
    }
}
