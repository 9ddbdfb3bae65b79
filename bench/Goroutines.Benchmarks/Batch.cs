namespace Goroutines.Benchmarks;

/// <summary>
/// A benchmark runs this many operations inside one goroutine, so that entering <see cref="Go.Main(Func{ValueTask})"/>
/// and building what the operations work on vanish in the figures, also as allocated bytes.
/// </summary>
internal static class Batch
{
    public const int Operations = 10_000;
}
