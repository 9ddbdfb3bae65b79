using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>
/// Tests that run while no other does: what they measure belongs to the whole process (allocated bytes, what the garbage collector leaves),
/// or they have it collect again and again (the search for deadlocks).
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone";
}
