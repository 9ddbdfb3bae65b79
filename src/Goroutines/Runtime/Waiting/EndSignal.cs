namespace Goroutines.Runtime;

/// <summary>Is told, once or more, that a goroutine has ended: what stands above the runtime hangs its own way of waiting on it.</summary>
internal abstract class EndSignal
{
    /// <summary>The goroutine has ended. Any thread, without a lock.</summary>
    internal abstract void Signal();
}
