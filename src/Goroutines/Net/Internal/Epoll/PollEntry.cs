using System.Runtime.InteropServices;
using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.Net.Epoll;

/// <summary>A descriptor that the poller watches: the base of a public type's socket and of a transport's connection.</summary>
/// <remarks>
/// <c>_state</c> goes <see cref="Idle"/> → <see cref="Adding"/> → <see cref="Added"/> → (<see cref="Adding"/> while the entry moves to
/// another poller →) <see cref="Removed"/>. The steps to Adding and Removed are made by CAS. The adding thread reads <c>_closed</c>
/// after it has stored Added; the closing thread stores <c>_closed</c> before it reads the state. Both have a full fence in between, so
/// one of the two removes the entry. The same holds for a poller that retires.
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

    /// <summary>Its slot in the poller's table, and its number there. Written by the poller before it adds the descriptor.</summary>
    internal int Slot;
    internal uint Sequence;

    internal SafeHandle Handle { get; } = handle;

    /// <summary>Whether a poller reports news of the descriptor.</summary>
    internal bool IsWatched => Volatile.Read(ref _state) == Added;

    /// <summary>The runtime whose poller is to watch it: the calling worker's, or, if that is stopping, the process-wide one.</summary>
    private protected virtual Scheduler Home
        => M.Current?.Scheduler is { IsStopping: false } scheduler ? scheduler : GoRuntime.Default.Scheduler;

    /// <summary>Handles the poller's news. Several polling threads may call it at once.</summary>
    /// <param name="events">The events that epoll reported, in the bits of <see cref="Libc"/>.</param>
    /// <param name="scheduler">The poller's runtime.</param>
    /// <param name="ready">Receives the goroutines of that runtime that have become runnable.</param>
    internal abstract void OnNews(uint events, Scheduler scheduler, ref GList ready);

    /// <summary>Has a poller watch the descriptor, before a wait. The poller reports at once what is ready already.</summary>
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

            spinner.SpinOnce(); // another thread is adding it, by a system call that may fail
        }
    }

    /// <summary>Moves the descriptor from a retired poller to the process-wide one.</summary>
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
                OnLost(exception); // later operations try again to have it watched
            }
        }
    }

    /// <summary>Has the poller report once more what is ready. While the descriptor moves, adding it to the new poller does so.</summary>
    internal void AskForNews()
    {
        if (IsWatched)
        {
            Volatile.Read(ref _poll)?.Rearm(this);
        }
    }

    /// <summary>Called when the poller that watched it has retired.</summary>
    private protected virtual void OnLeaving()
    {
    }

    /// <summary>Called when a poller has begun to watch it.</summary>
    private protected virtual void OnAdded()
    {
    }

    /// <summary>Called when no poller watches it any more, so that nothing would wake the operations that wait.</summary>
    private protected abstract void OnLost(Exception exception);

    /// <summary>Removes it from its poller, before the descriptor is closed.</summary>
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
            Leave(poll); // the poller may have looked at this entry too early
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
