using Xunit;

namespace Goroutines.Tests.Support;

/// <summary>Tests that load the whole machine: one after the other, and beside no other test.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class StressCollection
{
    public const string Name = "Stress";
}
