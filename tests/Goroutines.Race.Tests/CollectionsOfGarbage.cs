using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>Tests that collect garbage all the time, or take all slots of the clocks, run alone: a race across a collection is not found, and a report does not name those that share a
/// slot.</summary>
[CollectionDefinition("Collections of garbage", DisableParallelization = true)]
public sealed class CollectionsOfGarbage;
