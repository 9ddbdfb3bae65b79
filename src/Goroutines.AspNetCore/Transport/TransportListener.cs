using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;
using Goroutines.Net.Epoll;
using Goroutines.Platform;
using Goroutines.Runtime;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Goroutines.AspNetCore.Transport;

/// <summary>A listening socket of the transport.</summary>
/// <remarks>The server accepts in one loop, so at most one accept waits. It parks in a <see cref="ParkSlot"/>, as reads do.</remarks>
internal sealed partial class TransportListener : IConnectionListener, IValueTaskSource
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    private readonly Socket _socket;
    private readonly Entry _entry;
    private readonly Item _item;
    private readonly GoRuntime _runtime;
    private ManualResetValueTaskSourceCore<bool> _core;
    private ParkSlot _slot = new();
    private int _closed;

    /// <param name="socket">A bound socket that already listens.</param>
    /// <param name="runtime">The runtime whose workers run the connections.</param>
    /// <param name="memoryPool">The pool of the connections' blocks.</param>
    /// <param name="logger">The transport's log.</param>
    internal TransportListener(Socket socket, GoRuntime runtime, MemoryPool<byte> memoryPool, ILogger logger)
    {
        _socket = socket;
        _runtime = runtime;
        socket.Blocking = false;
        EndPoint = socket.LocalEndPoint!;
        Family = socket.AddressFamily;
        MemoryPool = memoryPool;
        Logger = logger;
        _entry = new Entry(this, socket.SafeHandle);
        _item = new Item(this, Scheduler);
    }

    public EndPoint EndPoint { get; }

    internal AddressFamily Family { get; }

    internal MemoryPool<byte> MemoryPool { get; }

    internal ILogger Logger { get; }

    internal Scheduler Scheduler => _runtime.Scheduler;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Volatile.Read(ref _closed) != 0)
            {
                return null;
            }

            _slot.TryTakeNews();
            switch (Accept(out Descriptor? accepted, out EndPoint? remote))
            {
                case Libc.OK:
                    _slot.KeepNews();
                    if (Make(accepted!, remote) is { } connection)
                    {
                        return connection;
                    }

                    break;
                case Libc.WouldBlock:
                    _entry.Watch();
                    using (cancellationToken.UnsafeRegister(static state => ((TransportListener)state!).Wake(), this))
                    {
                        await Park(cancellationToken).ConfigureAwait(false);
                    }

                    break;
                case var errno and (23 or 24 or 12 or 105): // ENFILE, EMFILE, ENOMEM, ENOBUFS: there may be room later
                    Log.AcceptFailed(Logger, Errno.ToException(errno).Message);
                    _slot.KeepNews();
                    await Pause(cancellationToken).ConfigureAwait(false);
                    break;
                case var errno:
                    if (Volatile.Read(ref _closed) == 0)
                    {
                        throw Errno.ToException(errno);
                    }

                    return null;
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        Unbind();
        return default;
    }

    private void Unbind()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            _entry.Stop();
            _socket.Dispose();
            Wake();
        }
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    void IValueTaskSource.GetResult(short token)
    {
        _core.GetResult(token);
        _core.Reset();
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    private ValueTask Park(CancellationToken cancellationToken)
    {
        short version = _core.Version;
        if (!_slot.TryPark() || ((Volatile.Read(ref _closed) != 0 || cancellationToken.IsCancellationRequested) && _slot.TryClaim()))
        {
            return default;
        }

        return new ValueTask(this, version);
    }

    private async ValueTask Pause(CancellationToken cancellationToken)
    {
        try
        {
            await _runtime.SleepAsync(s_pause, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The runtime has been stopped, and the listener soon will be.
        }
    }

    private void Wake()
    {
        if (_slot.TryClaim())
        {
            _item.Queue();
        }
    }

    private TransportConnection? Make(Descriptor accepted, EndPoint? remote)
    {
        TransportConnection connection = new(this, accepted, remote);
        try
        {
            connection.Start();
            return connection;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            Log.AcceptFailed(Logger, exception.Message);
            connection.Abort(new ConnectionAbortedException(exception.Message, exception));
            return null;
        }
    }

    private unsafe int Accept(out Descriptor? accepted, out EndPoint? remote)
    {
        const int MostAddress = 128;
        byte* address = stackalloc byte[MostAddress];
        accepted = null;
        remote = null;
        while (true)
        {
            int size = MostAddress;
            int number;
            try
            {
                number = Libc.Accept(_socket.SafeHandle, address, &size, Libc.NonBlocking | Libc.CloseOnExec);
            }
            catch (ObjectDisposedException)
            {
                return 9; // EBADF
            }

            if (number >= 0)
            {
                accepted = new Descriptor(number);
                remote = EpollSocket.ToEndPoint(Family, new ReadOnlySpan<byte>(address, Math.Min(size, MostAddress)));
                return Libc.OK;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno is not (Libc.Interrupted or Libc.ConnectionAborted or 104 or 71)) // ECONNRESET, EPROTO: the connection has already ended
            {
                return errno;
            }
        }
    }

    private sealed class Entry(TransportListener listener, SafeHandle handle) : PollEntry(handle)
    {
        private protected override Scheduler Home => listener.Scheduler.IsStopping ? base.Home : listener.Scheduler;

        internal void Stop() => Unwatch();

        internal override void OnNews(uint events, Scheduler scheduler, ref GList ready)
        {
            if (listener._slot.AddNews())
            {
                if (ReferenceEquals(scheduler, listener._item.Scheduler))
                {
                    ready.Add(listener._item);
                }
                else
                {
                    listener._item.Queue();
                }
            }
        }

        private protected override void OnLost(Exception exception)
        {
            Log.AcceptFailed(listener.Logger, exception.Message);
            listener.Unbind();
        }
    }

    private sealed class Item(TransportListener listener, Scheduler scheduler) : WorkItem(scheduler)
    {
        private protected override void Execute() => listener._core.SetResult(true);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "No connection could be accepted: {Reason}", EventName = "AcceptFailed")]
        internal static partial void AcceptFailed(ILogger logger, string reason);
    }
}
