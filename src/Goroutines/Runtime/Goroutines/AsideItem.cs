namespace Goroutines.Runtime;

/// <summary>A continuation that was put aside until the turn is over.</summary>
internal sealed class AsideItem(Action<object?> continuation, object? state, WaitSource? source)
{
    internal AsideItem? Next;

    /// <summary>The operation on which the goroutine has parked with it, and whose result it takes; null if there is none.</summary>
    internal WaitSource? Source => source;

    internal void Run() => continuation(state);
}
