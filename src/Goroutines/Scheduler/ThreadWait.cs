using System.Runtime.CompilerServices;

namespace Goroutines.Scheduler;

/// <summary>Blocks a thread on an operation: the synchronous forms.</summary>
/// <remarks>
/// A goroutine with a stack of its own parks. Inside any other the wait is a blocking region, so the P goes on without
/// the thread, at the cost of that thread. Outside of goroutines it blocks the thread. A blocked thread sleeps on a note of
/// its own, which the completer signals directly: no detour over the thread pool, which may be full of such waits.
/// </remarks>
internal sealed class ThreadWait
{
    [ThreadStatic]
    private static ThreadWait? t_current;

    private readonly ParkingNote _note = new();
    private readonly Action _signal;
    private volatile bool _signalled;
    private bool _registering;

    /// <summary>The stackful goroutine whose thread this is, while it waits here.</summary>
    private StackfulG? _goroutine;

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

    /// <summary>For our own operations: <c>ThreadWait.Synchronously.Wait(SendAsync(value))</c>. It is evaluated before the operation begins.</summary>
    internal static Synchronous Synchronously
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (Exploration.IsOn)
            {
                Exploration.GrantIfStackless();
            }

            return default;
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

    /// <summary>Whether the continuation being registered on this thread only signals it, and may run inside the completer.</summary>
    internal static bool TakeRegistration()
    {
        if (t_current is { _registering: true } wait)
        {
            wait._registering = false;
            return true;
        }

        return false;
    }

    private void Block<TAwaiter>(TAwaiter awaiter)
        where TAwaiter : struct, ICriticalNotifyCompletion
    {
        M? m = M.Current;
        bool inGoroutine = m is { HasP: true, CurrentG: not null };
        StackfulG? stackful = inGoroutine ? m!.CurrentG as StackfulG : null;
        _signalled = false;
        Volatile.Write(ref _goroutine, stackful);
        _registering = true;
        try
        {
            awaiter.UnsafeOnCompleted(_signal);
        }
        finally
        {
            _registering = false;
        }

        if (stackful is not null)
        {
            stackful.Park((StackfulThread)m!, this);
            return;
        }

        if (inGoroutine)
        {
            m!.EnterBlocking(handOff: true);
        }

        while (!_signalled)
        {
            _note.Sleep(-1, spins: 20);
        }

        if (inGoroutine)
        {
            m!.ExitBlocking();
        }
    }

    /// <summary>The synchronous forms of our own operations, which in a goroutine without a stack of its own can't give way first.</summary>
    internal readonly struct Synchronous
    {
#pragma warning disable CA1822 // the value is what sees to the order of evaluation
        internal void Wait(ValueTask operation) => ThreadWait.Wait(operation);

        internal T Wait<T>(ValueTask<T> operation) => ThreadWait.Wait(operation);
#pragma warning restore CA1822
    }
}
