using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>Blocks a thread on an operation: the synchronous forms.</summary>
/// <remarks>
/// A goroutine with a stack of its own parks. Any other goroutine leaves its turn (<see cref="SideTurns"/>): the P continues without the thread, at the cost of that
/// thread, and what the goroutine has begun continues in side turns. Outside goroutines, the thread blocks. A blocked thread sleeps on a note of its own, which the
/// completer signals directly, without a detour over the thread pool, which may be full of such waits.
/// </remarks>
internal sealed class ThreadWait
{
    [ThreadStatic]
    private static ThreadWait? t_current;

    private readonly ParkingNote _note = new();
    private readonly Action _signal;
    private volatile bool _signalled;
    private bool _registering;

    /// <summary>The operation of this library that it waits for, or null for a task.</summary>
    private WaitSource? _source;

    /// <summary>The stackful goroutine whose thread this is, while it waits here.</summary>
    private ThreadG? _goroutine;

    /// <summary>How often to check the note before sleeping.</summary>
    [ModelValue(0)]
    private static int Spins => 20;

    internal bool IsSignalled => _signalled;

    internal G? Goroutine => _goroutine;

    private ThreadWait()
    {
        _signal = () =>
        {
            _signalled = true;
            _note.Wake();
            Volatile.Read(ref _goroutine)?.Ready();
        };
    }

    /// <summary>For operations of this library: <c>ThreadWait.Synchronously.Wait(SendAsync(value))</c>. It is evaluated before the operation
    /// begins.</summary>
    internal static Synchronous Synchronously
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            OperationHooks.BeforeSynchronous();
            if (WaitSource.AnyRuntimeStopped)
            {
                ThrowIfStopped();
            }

            return default;
        }
    }

    /// <summary>Throws if the runtime was stopped: a body that uses the synchronous forms might never park, and so would run for ever.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowIfStopped()
    {
        if (M.Current is { CurrentG: { } g, Scheduler: { IsStopping: true, Driver: null } scheduler })
        {
            throw scheduler.StoppedInside(g);
        }
    }

    internal static void Wait(ValueTask operation)
    {
        ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter awaiter = operation.ConfigureAwait(false).GetAwaiter();
        if (!awaiter.IsCompleted)
        {
            (t_current ??= new ThreadWait()).Block(awaiter);
        }

        awaiter.GetResult();
    }

    internal static T Wait<T>(ValueTask<T> operation)
    {
        ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter awaiter = operation.ConfigureAwait(false).GetAwaiter();
        if (!awaiter.IsCompleted)
        {
            (t_current ??= new ThreadWait()).Block(awaiter);
        }

        return awaiter.GetResult();
    }

    /// <summary>Returns whether the continuation being registered on this thread only signals it, and so may run inside the completer.</summary>
    /// <param name="source">The operation, or null if it is not one that another goroutine completes.</param>
    /// <param name="parking">The stackful goroutine that is about to park, and may do so on an operation of its own.</param>
    internal static bool TakeRegistration(WaitSource? source, out ThreadG? parking)
    {
        if (t_current is { _registering: true } wait)
        {
            wait._registering = false;
            wait._source = source;
            parking = wait._goroutine;
            return true;
        }

        parking = null;
        return false;
    }

    private void Block<TAwaiter>(TAwaiter awaiter)
        where TAwaiter : struct, ICriticalNotifyCompletion
    {
        M? m = M.Current is { CurrentG: not null, IsWaiting: false } current ? current : null;
        ThreadG? parking = m is { HasP: true } ? m.CurrentG as ThreadG : null;
        _signalled = false;
        _source = null;
        Volatile.Write(ref _goroutine, parking);
        _registering = true;
        try
        {
            awaiter.UnsafeOnCompleted(_signal);
        }
        finally
        {
            _registering = false;
        }

        if (parking is not null)
        {
            parking.Park((StackfulThread)m!, this);
        }
        else if (m is not null)
        {
            SleepIn(m);
        }
        else
        {
            while (!_signalled)
            {
                _note.Sleep(-1, Spins);
            }
        }
    }

    /// <summary>Sleeps on a worker, whose goroutine continues without it. The end of its runtime wakes it.</summary>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    private void SleepIn(M m)
    {
        bool leaves = m.HasP || m.IsInBlockingRegion;
        bool hadP = leaves && m.BeginWait();
        m.NoteWait(this); // full fence; pairs with the lock under which _stopping is set
        while (!_signalled && !m.Scheduler.IsStopping)
        {
            _note.Sleep(-1, Spins);
        }

        m.NoteWait(null);
        if (leaves)
        {
            m.EndWait(hadP, mayHoldLock: false);
        }

        if (!_signalled)
        {
            Leave();
            _source?.Abandon();
            throw m.Scheduler.StoppedInside(m.CurrentG!);
        }
    }

    /// <summary>Called when the runtime of the goroutine that sleeps here has been stopped.</summary>
    internal void Interrupt() => _note.Wake();

    /// <summary>Called when the thread no longer waits here although a signal may still come: its next wait uses another instance.</summary>
    internal void Leave()
    {
        if (ReferenceEquals(t_current, this))
        {
            t_current = null;
        }
    }

    /// <summary>The synchronous forms of this library's operations. In a goroutine without a stack of its own they can't yield first.</summary>
    internal readonly struct Synchronous
    {
#pragma warning disable CA1822 // the instance exists to fix the order of evaluation
        internal void Wait(ValueTask operation) => ThreadWait.Wait(operation);

        internal T Wait<T>(ValueTask<T> operation) => ThreadWait.Wait(operation);
#pragma warning restore CA1822
    }
}
