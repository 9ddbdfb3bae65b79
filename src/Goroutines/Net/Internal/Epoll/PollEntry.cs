using System.Runtime.InteropServices;
using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.Net.Epoll;

/// <summary>Something with a descriptor that the poller watches: what a socket of the public types and a transport's connection have in common.</summary>
/// <remarks>
/// <c>_state</c> changes by CAS: <see cref="Idle"/> → <see cref="Adding"/> → <see cref="Added"/> → (<see cref="Adding"/> while
/// it moves to another poller →) <see cref="Removed"/>. The thread that adds looks at <c>_closed</c> after storing Added, and the thread that
/// closes stores <c>_closed</c> before it looks at the state (both with a full fence), so one of the two takes it out. Likewise for a poller that retires.
/// </remarks>
/// <param name="handle">The descriptor.</param>
internal abstract class PollEntry(SafeHandle handle)
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

    internal SafeHandle Handle { get; } = handle;

    /// <summary>Whether a poller tells of the descriptor.</summary>
    internal bool IsWatched => Volatile.Read(ref _state) == Added;

    /// <summary>Whose poller is to watch it: the calling worker's runtime, if that goes on running; else the process-wide one.</summary>
    private protected virtual Scheduler Home
        => M.Current?.Scheduler is { IsStopping: false } scheduler ? scheduler : GoRuntime.Default.Scheduler;

    /// <summary>The poller's news. Called by the thread that polls, which may be several at once.</summary>
    /// <param name="events">What epoll has told: the bits of <see cref="Libc"/>.</param>
    /// <param name="scheduler">The poller's runtime.</param>
    /// <param name="ready">Takes what has become runnable, if it belongs to that runtime.</param>
    internal abstract void OnNews(uint events, Scheduler scheduler, ref GList ready);

    /// <summary>Before a wait: has the poller watch the descriptor. What is ready already, it tells at once.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The system refused.</exception>
    internal void Watch()
    {
        SpinWait spinner = default;
        while (Volatile.Read(ref _state) is Idle or Adding)
        {
            if (Interlocked.CompareExchange(ref _state, Adding, Idle) == Idle)
            {
                AddTo(Home);
                return;
            }

            spinner.SpinOnce(); // another one adds it: a system call, which may fail
        }
    }

    /// <summary>Goes from a poller that nobody asks any more to the process-wide one.</summary>
    internal void Leave(NetPoll from)
    {
        OnLeaving();
        if (Interlocked.CompareExchange(ref _state, Adding, Added) == Added)
        {
            from.Remove(this);
            try
            {
                AddTo(GoRuntime.Default.Scheduler);
            }
            catch (Exception exception) when (exception is System.Net.Sockets.SocketException or ObjectDisposedException)
            {
                OnLost(exception); // later operations will try to be watched again
            }
        }
    }

    /// <summary>Has the poller tell once more of what is ready. While the descriptor moves to another poller, adding it there does so.</summary>
    internal void AskForNews()
    {
        if (IsWatched)
        {
            Volatile.Read(ref _poll)?.Rearm(this);
        }
    }

    /// <summary>The poller that watched it has retired.</summary>
    private protected virtual void OnLeaving()
    {
    }

    /// <summary>A poller watches it now.</summary>
    private protected virtual void OnAdded()
    {
    }

    /// <summary>No poller watches it any more, and nothing will wake those that wait.</summary>
    private protected abstract void OnLost(Exception exception);

    /// <summary>Takes it out of its poller, before the descriptor is closed.</summary>
    private protected void Unwatch()
    {
        Interlocked.Exchange(ref _closed, 1); // pairs with the exchange in AddTo
        RemoveIfAdded();
    }

    private void AddTo(Scheduler scheduler)
    {
        NetPoll poll;
        try
        {
            poll = NetPoll.Of(scheduler);
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

        OnAdded();
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
