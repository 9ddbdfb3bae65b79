using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>Tests that collect garbage all the time run alone: a race across a collection is not found.</summary>
[CollectionDefinition("Collections of garbage", DisableParallelization = true)]
public sealed class CollectionsOfGarbage;
