using System.Runtime.InteropServices;
using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.Net.Epoll;

/// <summary>What the poller knows of a socket (runtime/netpoll.go: <c>pollDesc</c>): who waits to read and who to write.</summary>
/// <remarks>The poller's table holds it, and it does not hold the socket's owner: a connection that was dropped without being closed
/// is collected, and closed by its finalizer. While an operation waits, the operation holds the owner.</remarks>
internal sealed class PollDesc : PollEntry
{
    /// <param name="handle">The descriptor.</param>
    /// <param name="stopsShort">Whether a receive may get less than there is.</param>
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
        // As in Go: an error or a hang-up concerns both directions.
        if ((events & (Libc.In | Libc.Priority | Libc.ReadHungUp | Libc.HungUp | Libc.Error)) != 0)
        {
            Read.BecomeReady((events & (Libc.ReadHungUp | Libc.HungUp)) != 0, (events & Libc.Priority) != 0, scheduler, ref ready);
        }

        if ((events & (Libc.Out | Libc.HungUp | Libc.Error)) != 0)
        {
            Write.BecomeReady(ending: false, urgent: false, scheduler, ref ready);
        }
    }

    /// <summary>Before the descriptor is closed.</summary>
    internal void Close()
    {
        Read.Close();
        Write.Close();
        Unwatch();

        // The framework breaks the connection of a socket that it closes while a call is under way: what has been written
        // before would be lost to the peer.
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
