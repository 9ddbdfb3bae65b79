using Goroutines.Platform;

namespace Goroutines.Runtime;

/// <summary>Counts the threads of all runtimes of this process, so that none is requested from a system that has no more to give.</summary>
/// <remarks>
/// A thread is reserved before it is started and released when it has ended. From time to time a reservation checks how much
/// room the system has left; the next check is due when half of that is used up. So the checks are rare while there is plenty
/// of room, and frequent where it becomes scarce.
/// </remarks>
internal static class ThreadLimit
{
    /// <summary>The default of MaxThreads where the system allows more.</summary>
    internal const int Most = 16_384;

    /// <summary>The number of threads that are granted without a check: reading the limits takes longer than these threads are worth.</summary>
    private const int Unquestioned = 256;

    /// <summary>Less room than this counts as none, because the rest of the process needs some as well.</summary>
    private const int Least = 16;

    private static readonly Lock s_lock = new();
    private static int s_reserved;
    private static int s_lookAt = Unquestioned;
    private static int s_default;

    /// <summary>The number of threads of all runtimes.</summary>
    internal static int Reserved => Volatile.Read(ref s_reserved);

    /// <summary>The default of MaxThreads: three quarters of what the system allows now, or <see cref="Most"/>.</summary>
    internal static int Default
    {
        get
        {
            int known = Volatile.Read(ref s_default);
            return known != 0 ? known : ReadDefault();
        }
    }

    /// <summary>Reserves a thread.</summary>
    /// <param name="limit">The limit of the system that is reached, if there is no room.</param>
    /// <returns>Whether a thread may be started. <see cref="Release"/> releases it.</returns>
    internal static bool TryReserve(out string limit)
    {
        limit = "";
        int reserved = Interlocked.Increment(ref s_reserved);
        if (reserved < Volatile.Read(ref s_lookAt) || HasRoom(reserved, out limit))
        {
            return true;
        }

        Release();
        return false;
    }

    internal static void Release() => Interlocked.Decrement(ref s_reserved);

    private static bool HasRoom(int reserved, out string limit)
    {
        lock (s_lock)
        {
            limit = "";
            if (reserved < s_lookAt)
            {
                return true;
            }

            SystemThreads.Room room = SystemThreads.Read(Reserved);
            if (room.Threads < Least)
            {
                limit = room.Limit; // the next request checks again: some threads may have ended by then
                return false;
            }

            s_lookAt = reserved + Math.Max(1, (room.Threads - Least) / 2);
            return true;
        }
    }

    private static int ReadDefault()
    {
        lock (s_lock)
        {
            if (s_default == 0)
            {
                long room = Reserved + SystemThreads.Read(Reserved).Threads;
                Volatile.Write(ref s_default, (int)Math.Clamp(room * 3 / 4, 1, Most));
            }

            return s_default;
        }
    }
}
