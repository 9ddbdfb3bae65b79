namespace Goroutines.GoBenchmarks;

/// <summary>A benchmark of Go's, by the package that it is in and its name without the prefix.</summary>
internal sealed record Benchmark(string Package, string Name, Func<B, ValueTask> Body)
{
    /// <summary>One whose body waits for nothing.</summary>
    public Benchmark(string package, string name, Action<B> body)
        : this(package, name, Body: b =>
        {
            body(b);
            return ValueTask.CompletedTask;
        })
    {
    }
}
