namespace Goroutines.AspNetCore.Tests;

/// <summary>Tests that count what the process holds, and so run while no others do.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
#pragma warning disable CA1711 // what xunit calls it
public sealed class AloneCollection;
#pragma warning restore CA1711
