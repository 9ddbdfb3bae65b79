namespace Goroutines.Runtime;

/// <summary>A goroutine that was created and not yet started, whose body returns a result.</summary>
internal interface IResultG<T>
{
    G Goroutine { get; }

    /// <summary>The handle, which owns the outcome.</summary>
    Goroutine<T> Handle { get; }
}
