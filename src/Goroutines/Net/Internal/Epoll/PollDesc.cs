using System.Runtime.InteropServices;
using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.Net.Epoll;

/// <summary>The poller's view of a socket (runtime/netpoll.go: <c>pollDesc</c>): the operations that wait to read and to write.</summary>
/// <remarks>The poller's table references it, and it does not reference the socket's owner. So a connection that was dropped without
/// being closed is collected, and closed by its finalizer. A waiting operation references the owner.</remarks>
internal sealed class PollDesc : PollEntry
{
    /// <param name="handle">The descriptor.</param>
    /// <param name="stopsShort">Whether a receive may get less than is available.</param>
    internal PollDesc(SafeHandle handle, bool stopsShort)
        : base(handle)
    {
        Read = new NetQueue(this, stopsShort);
        Write = new NetQueue(this, stopsShort: false);
    }

    internal NetQueue Read { get; }

    internal NetQueue Write { get; }

    /// <inheritdoc/>
    internal override void OnNews(uint events, Scheduler scheduler, ref GList ready)
    {
        // As in Go, an error or a hang-up concerns both directions.
        if ((events & (Libc.In | Libc.Priority | Libc.ReadHungUp | Libc.HungUp | Libc.Error)) != 0)
        {
            Read.BecomeReady((events & (Libc.ReadHungUp | Libc.HungUp)) != 0, (events & Libc.Priority) != 0, scheduler, ref ready);
        }

        if ((events & (Libc.Out | Libc.HungUp | Libc.Error)) != 0)
        {
            Write.BecomeReady(ending: false, urgent: false, scheduler, ref ready);
        }
    }

    /// <summary>Ends all operations and leaves the poller, before the descriptor is closed.</summary>
    internal void Close()
    {
        Read.Close();
        Write.Close();
        Unwatch();

        // The framework breaks the connection of a socket that it closes during a call, and the peer would lose what was written
        // before.
        Read.AwaitQuiet();
        Write.AwaitQuiet();
    }

    private protected override void OnLeaving()
    {
        Read.DropOrphans();
        Write.DropOrphans();
    }

    private protected override void OnAdded()
    {
        Read.RenewTimer();
        Write.RenewTimer();
    }

    private protected override void OnLost(Exception exception)
    {
        Read.AbortAll(NetFailure.System, exception);
        Write.AbortAll(NetFailure.System, exception);
    }
}
