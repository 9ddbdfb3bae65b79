using System.Runtime.ExceptionServices;
using Goroutines.Platform;

namespace Goroutines.Runtime;

/// <summary>One caller of <c>Main</c>: a thread that sleeps until its goroutine ends, or is found never to end.</summary>
/// <remarks>
/// The scheduler and the sleeping thread hold this object, so it must not lead to the goroutine, or no deadlock could be proved
/// (<see cref="DeadlockDetector"/>). It knows the goroutine's id, and gets its handle only once the goroutine has ended. The
/// other direction is allowed: the handle's list of joiners leads here.
/// </remarks>
internal sealed class MainCall
{
    private readonly ParkingNote _note = new();
    private readonly G? _held;
    private object? _handle;
    private Exception? _failure;
    private volatile bool _done;

    /// <param name="main">The goroutine.</param>
    /// <param name="hold">Whether to keep the goroutine visible in dumps as long as its caller waits, because deadlocks are not looked for.</param>
    internal MainCall(G main, bool hold)
    {
        MainId = main.Id;
        _held = hold ? main : null;
    }

    /// <summary>The id of the goroutine.</summary>
    internal long MainId { get; }

    /// <summary>The kernel's id of the thread that waits; 0 before it waits, and where there is none.</summary>
    internal volatile int ThreadId;

    /// <summary>Whether the caller still waits.</summary>
    internal bool IsPending => !_done;

    /// <summary>Called when the goroutine has ended; <paramref name="handle"/> has its outcome.</summary>
    internal void End(object handle)
    {
        _handle = handle;
        RaceHooks.Release(this);
        _done = true;
        _note.Wake();
    }

    /// <summary>Called when the goroutine will never end: the caller gets <paramref name="failure"/> instead.</summary>
    internal void Fail(Exception failure)
    {
        _failure = failure;
        _done = true;
        _note.Wake();
    }

    /// <summary>Blocks the calling thread until the goroutine has ended.</summary>
    /// <returns>Its handle.</returns>
    internal object Wait()
    {
        ThreadId = KernelThread.CurrentId();
        while (!_done)
        {
            _note.Sleep(-1);
        }

        if (_failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        RaceHooks.Acquire(this);
        GC.KeepAlive(_held);
        return _handle!;
    }
}
