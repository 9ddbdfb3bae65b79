namespace Goroutines.Runtime;

/// <summary>Is signalled, once or more, when a goroutine has ended. The layers above the runtime attach their own way of waiting to it.</summary>
internal abstract class EndSignal
{
    /// <summary>Called when the goroutine has ended, on any thread, without a lock.</summary>
    internal abstract void Signal();
}
