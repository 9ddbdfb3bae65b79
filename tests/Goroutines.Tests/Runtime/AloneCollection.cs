using Xunit;

namespace Goroutines.Tests.Scheduler;

/// <summary>
/// Tests that run while no other does: what they measure belongs to the whole process (who waits outside of goroutines,
/// allocated bytes, what the garbage collector leaves).
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone";
}
