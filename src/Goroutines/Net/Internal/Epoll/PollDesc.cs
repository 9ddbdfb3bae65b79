using System.Runtime.InteropServices;
using Goroutines.Runtime;

namespace Goroutines.Net.Epoll;

/// <summary>What the poller knows of a socket (runtime/netpoll.go: <c>pollDesc</c>): who waits to read and who to write.</summary>
/// <remarks>
/// The poller's table holds it, and it does not hold the socket's owner: a connection that was dropped without being closed
/// is collected, and closed by its finalizer. While an operation waits, the operation holds the owner.
/// <para>
/// <c>_state</c> changes by CAS: <see cref="Idle"/> → <see cref="Adding"/> → <see cref="Added"/> → (<see cref="Adding"/> while
/// it moves to another poller →) <see cref="Removed"/>. The thread that adds looks at <c>_closed</c> after storing Added, and the thread that
/// closes stores <c>_closed</c> before it looks at the state (both with a full fence), so one of the two takes it out. Likewise for a poller that retires.
/// </para>
/// </remarks>
internal sealed class PollDesc
{
    private const int Idle = 0;
    private const int Adding = 1;
    private const int Added = 2;
    private const int Removed = 3;

    private NetPoll? _poll;
    private int _state;
    private int _closed;

    /// <summary>Its place in the table and its number there; written by the poller before it adds it.</summary>
    internal int Slot;
    internal uint Sequence;

    /// <param name="handle">The descriptor.</param>
    /// <param name="stopsShort">Whether a receive may get less than there is.</param>
    internal PollDesc(SafeHandle handle, bool stopsShort)
    {
        Handle = handle;
        Read = new NetQueue(this, stopsShort);
        Write = new NetQueue(this, stopsShort: false);
    }

    internal SafeHandle Handle { get; }

    internal NetQueue Read { get; }

    internal NetQueue Write { get; }

    /// <summary>The calling worker's runtime, if it goes on running; else the process-wide one.</summary>
    private static Scheduler Home
        => M.Current?.Scheduler is { IsStopping: false } scheduler ? scheduler : GoRuntime.Default.Scheduler;

    /// <summary>Whether a poller tells of the socket.</summary>
    internal bool IsWatched => Volatile.Read(ref _state) == Added;

    /// <summary>Before a wait: has the poller watch the socket. What is ready already, it tells at once.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The system refused.</exception>
    internal void Watch()
    {
        SpinWait spinner = default;
        while (Volatile.Read(ref _state) is Idle or Adding)
        {
            if (Interlocked.CompareExchange(ref _state, Adding, Idle) == Idle)
            {
                AddTo(static () => NetPoll.Of(Home));
                return;
            }

            spinner.SpinOnce(); // another one adds it: a system call, which may fail
        }
    }

    /// <summary>Goes from a poller that nobody asks any more to the process-wide one.</summary>
    internal void Leave(NetPoll from)
    {
        Read.DropOrphans();
        Write.DropOrphans();
        if (Interlocked.CompareExchange(ref _state, Adding, Added) == Added)
        {
            from.Remove(this);
            try
            {
                AddTo(static () => NetPoll.Of(GoRuntime.Default.Scheduler));
            }
            catch (Exception exception) when (exception is System.Net.Sockets.SocketException or ObjectDisposedException)
            {
                // Who waits is told; later operations will try to be watched again.
                Read.AbortAll(NetFailure.System, exception);
                Write.AbortAll(NetFailure.System, exception);
            }
        }
    }

    /// <summary>Has the poller tell once more of what is ready. While the socket moves to another poller, adding it there does so.</summary>
    internal void AskForNews()
    {
        if (IsWatched)
        {
            Volatile.Read(ref _poll)?.Rearm(this);
        }
    }

    /// <summary>Before the descriptor is closed.</summary>
    internal void Close()
    {
        Read.Close();
        Write.Close();
        Interlocked.Exchange(ref _closed, 1); // pairs with the exchange in AddTo
        RemoveIfAdded();

        // The framework breaks the connection of a socket that it closes while a call is under way: what has been written
        // before would be lost to the peer.
        Read.AwaitQuiet();
        Write.AwaitQuiet();
    }

    private void AddTo(Func<NetPoll> which)
    {
        NetPoll poll;
        try
        {
            poll = which();
            if (!poll.TryAdd(this))
            {
                poll = NetPoll.Of(GoRuntime.Default.Scheduler);
                if (!poll.TryAdd(this))
                {
                    throw new ObjectDisposedException(poll.Scheduler.Name, $"The runtime \"{poll.Scheduler.Name}\" has been stopped, and with it the network.");
                }
            }
        }
        catch
        {
            Volatile.Write(ref _state, Idle);
            throw;
        }

        Volatile.Write(ref _poll, poll);
        Interlocked.Exchange(ref _state, Added);
        if (Volatile.Read(ref _closed) != 0)
        {
            RemoveIfAdded();
            return;
        }

        Read.RenewTimer();
        Write.RenewTimer();
        if (poll.IsRetired)
        {
            Leave(poll); // it may have looked at this one too early
        }
    }

    private void RemoveIfAdded()
    {
        if (Interlocked.CompareExchange(ref _state, Removed, Added) == Added)
        {
            _poll!.Remove(this);
        }
    }
}
