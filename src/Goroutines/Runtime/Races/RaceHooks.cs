using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>Passes on to the race detector what orders steps. See <see cref="RaceObserver"/>.</summary>
/// <remarks>Every call tests the word of <see cref="OperationHooks"/>, and nothing else while no detector runs. A detector is there from before the first goroutine it concerns
/// to the end of the process.</remarks>
internal static class RaceHooks
{
    private static RaceObserver? s_observer;

    /// <summary>The detector; null if there is none.</summary>
    internal static RaceObserver? Observer => s_observer;

    /// <summary>Whether there is a detector.</summary>
    internal static bool IsOn => (OperationHooks.Bits & OperationHooks.RacesObserved) != 0;

    /// <summary>Makes <paramref name="observer"/> the detector of the process.</summary>
    internal static void Begin(RaceObserver observer)
    {
        Volatile.Write(ref s_observer, observer);
        SpawnNotes.TracksOrder = true;
        OperationHooks.Set(OperationHooks.RacesObserved, true);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Acquire(object sync, RacePart part = RacePart.Whole)
    {
        if (IsOn)
        {
            AcquireSlow(sync, part);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Release(object sync, RacePart part = RacePart.Whole)
    {
        if (IsOn)
        {
            ReleaseSlow(sync, part);
        }
    }

    /// <summary>A wait in the queue of a channel, or of several, begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Waits(object wait)
    {
        if (IsOn)
        {
            WaitsSlow(wait);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Completes(WaitSource source)
    {
        if (IsOn)
        {
            CompletesSlow(source);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Completed(WaitSource source)
    {
        if (IsOn)
        {
            CompletedSlow(source);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Sent(object channel, int capacity, int buffered, object? receiver)
    {
        if (IsOn)
        {
            SentSlow(channel, capacity, buffered, receiver);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Received(object channel, int capacity, int buffered, object? sender)
    {
        if (IsOn)
        {
            ReceivedSlow(channel, capacity, buffered, sender);
        }
    }

    /// <summary>The value of a sender that waited goes into the place that a receive has just freed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void SentFromQueue(object channel, int capacity, object sender)
    {
        if (IsOn)
        {
            s_observer?.SentFromQueue(channel, capacity, sender);
        }
    }

    /// <summary>A select looks at a send.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void SendBegins(object channel)
    {
        if (IsOn)
        {
            s_observer?.SendBegins(channel);
        }
    }

    /// <summary>Orders what was released with <paramref name="sync"/> before what follows a wait that a thread of the runtime completes.</summary>
    internal static void Pass(object sync, object wait)
    {
        if (IsOn)
        {
            s_observer?.Pass(sync, wait);
        }
    }

    /// <summary>Orders what all goroutines of a runtime have done so far before the caller's next steps.</summary>
    internal static void AcquireAll(object runtime)
    {
        if (IsOn)
        {
            s_observer?.AcquireAll(runtime);
        }
    }

    /// <summary>Orders what was released with <paramref name="sync"/> before all steps of a goroutine that has not started.</summary>
    internal static void AcquireFor(G goroutine, object sync)
    {
        if (IsOn)
        {
            s_observer?.AcquireFor(goroutine, sync);
        }
    }

    /// <summary>A goroutine's body has ended, and those that wait for it know.</summary>
    internal static void Ended(G goroutine)
    {
        if (IsOn)
        {
            s_observer?.Ended(goroutine);
        }
    }

    /// <summary>A group counts up: from zero, that must be ordered with waiting. Called only if <see cref="OperationHooks.Any"/> is true.</summary>
    internal static void CountsUp(object group, bool fromZero)
    {
        if (fromZero)
        {
            s_observer?.CountsUp(group);
        }
    }

    /// <summary>A wait for a group begins.</summary>
    internal static void BeginsToWait(object group, bool first)
    {
        if (IsOn && first)
        {
            s_observer?.FirstWaiter(group);
        }
    }

    /// <summary>Called for every operation, before it is performed, by the name under which the explorer's traces show it.</summary>
    internal static void Observe(string operation, object? target)
    {
        if (target is null || s_observer is not { } observer)
        {
            return;
        }

        switch (operation)
        {
            case "unlock":
                observer.Release(target, RacePart.Whole);
                break;
            case "read unlock":
                observer.ReleaseMerge(target, RacePart.Readers);
                break;
            case "done" or "release" or "cancel":
                observer.ReleaseMerge(target, RacePart.Whole);
                break;
            case "close":
                observer.CloseBegins(target);
                break;
            case "send" or "try send":
                observer.SendBegins(target);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AcquireSlow(object sync, RacePart part) => s_observer?.Acquire(sync, part);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReleaseSlow(object sync, RacePart part) => s_observer?.ReleaseMerge(sync, part);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WaitsSlow(object wait) => s_observer?.Waits(wait);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CompletesSlow(WaitSource source) => s_observer?.Completes(source);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CompletedSlow(WaitSource source) => s_observer?.Completed(source);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SentSlow(object channel, int capacity, int buffered, object? receiver) => s_observer?.Sent(channel, capacity, buffered, receiver);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReceivedSlow(object channel, int capacity, int buffered, object? sender) => s_observer?.Received(channel, capacity, buffered, sender);
}
