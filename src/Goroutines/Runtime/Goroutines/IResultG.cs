namespace Goroutines.Runtime;

/// <summary>A goroutine that is made and not started yet, over a body that gives a result.</summary>
internal interface IResultG<T>
{
    G Goroutine { get; }

    /// <summary>The handle, which owns the outcome.</summary>
    Goroutine<T> Handle { get; }
}
