using System.ComponentModel;

namespace Goroutines.Race;

/// <summary>Replaces the methods of <see cref="Monitor"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Monitor))]
public static class MonitorShims
{
    /// <inheritdoc cref="Monitor.Enter(object)"/>
    public static void Enter(object obj)
    {
        Monitor.Enter(obj);
        FrameworkSync.Acquire(obj);
    }

    /// <inheritdoc cref="Monitor.Enter(object, ref bool)"/>
    public static void Enter(object obj, ref bool lockTaken)
    {
        Monitor.Enter(obj, ref lockTaken);
        FrameworkSync.Acquire(obj);
    }

    /// <inheritdoc cref="Monitor.TryEnter(object)"/>
    public static bool TryEnter(object obj) => Entered(obj, Monitor.TryEnter(obj));

    /// <inheritdoc cref="Monitor.TryEnter(object, ref bool)"/>
    public static void TryEnter(object obj, ref bool lockTaken)
    {
        Monitor.TryEnter(obj, ref lockTaken);
        Entered(obj, lockTaken);
    }

    /// <inheritdoc cref="Monitor.TryEnter(object, int)"/>
    public static bool TryEnter(object obj, int millisecondsTimeout) => Entered(obj, Monitor.TryEnter(obj, millisecondsTimeout));

    /// <inheritdoc cref="Monitor.TryEnter(object, TimeSpan)"/>
    public static bool TryEnter(object obj, TimeSpan timeout) => Entered(obj, Monitor.TryEnter(obj, timeout));

    /// <inheritdoc cref="Monitor.Exit(object)"/>
    public static void Exit(object obj)
    {
        FrameworkSync.Release(obj);
        Monitor.Exit(obj);
    }

    /// <inheritdoc cref="Monitor.Wait(object)"/>
    public static bool Wait(object obj)
    {
        FrameworkSync.Release(obj);
        return Waited(obj, Monitor.Wait(obj));
    }

    /// <inheritdoc cref="Monitor.Wait(object, int)"/>
    public static bool Wait(object obj, int millisecondsTimeout)
    {
        FrameworkSync.Release(obj);
        return Waited(obj, Monitor.Wait(obj, millisecondsTimeout));
    }

    /// <inheritdoc cref="Monitor.Wait(object, TimeSpan)"/>
    public static bool Wait(object obj, TimeSpan timeout)
    {
        FrameworkSync.Release(obj);
        return Waited(obj, Monitor.Wait(obj, timeout));
    }

    private static bool Entered(object obj, bool entered)
    {
        if (entered)
        {
            FrameworkSync.Acquire(obj);
        }

        return entered;
    }

    private static bool Waited(object obj, bool signalled)
    {
        FrameworkSync.Acquire(obj);
        return signalled;
    }
}
