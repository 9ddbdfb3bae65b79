namespace Goroutines.Diagnostics.Tracing;

/// <summary>A goroutine became runnable, or was started.</summary>
/// <param name="Proc">The P on which that happened; −1: on a thread without one.</param>
/// <param name="Time">When.</param>
/// <param name="Goroutine">Which.</param>
/// <param name="Waker">By which goroutine; 0: by <paramref name="Source"/>.</param>
/// <param name="WakerSite">The creation site of the waker.</param>
/// <param name="Source">What else did it.</param>
/// <param name="IsSpawn">Whether it was started then.</param>
internal readonly record struct TraceWake(int Proc, long Time, long Goroutine, long Waker, ushort WakerSite, TraceWakeSource Source, bool IsSpawn);

/// <summary>What makes goroutines runnable.</summary>
internal enum TraceWakeSource : byte
{
    Goroutine,
    Timer,
    Network,

    /// <summary>A thread that is none of the runtime's workers, or has no P.</summary>
    Outside,
}
