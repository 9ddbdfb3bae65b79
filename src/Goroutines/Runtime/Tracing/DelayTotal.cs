namespace Goroutines.Runtime;

/// <summary>Who waited for what, and who ended the wait.</summary>
/// <param name="Waiter">The creation site of the goroutine that waited.</param>
/// <param name="Waker">That of the goroutine that made it runnable; 0: a timer, the network, or a thread that is no goroutine.</param>
/// <param name="Reason">Why it waited.</param>
internal readonly record struct DelayKey(ushort Waiter, ushort Waker, WaitReason Reason);

/// <summary>What was seen of one <see cref="DelayKey"/>, scaled up to all waits.</summary>
internal record struct DelayTotal(double Count, double Nanoseconds);
