namespace Goroutines.Diagnostics.Tracing;

/// <summary>The moment at which a goroutine became runnable or was started.</summary>
/// <param name="Proc">The P on which it happened; −1 for a thread without a P.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Goroutine">The goroutine.</param>
/// <param name="Waker">The goroutine that woke it; 0 if <paramref name="Source"/> did.</param>
/// <param name="WakerSite">The creation site of the waker.</param>
/// <param name="Source">What woke it.</param>
/// <param name="IsSpawn">Whether it was started at this moment.</param>
internal readonly record struct TraceWake(int Proc, long Time, long Goroutine, long Waker, ushort WakerSite, TraceWakeSource Source, bool IsSpawn);

/// <summary>Says what makes a goroutine runnable.</summary>
internal enum TraceWakeSource : byte
{
    Goroutine,
    Timer,
    Network,

    /// <summary>A thread that is not one of the runtime's workers, or has no P.</summary>
    Outside,
}
