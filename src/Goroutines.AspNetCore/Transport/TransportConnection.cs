using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Goroutines.Net.Epoll;
using Goroutines.Platform;
using Goroutines.Runtime;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Goroutines.AspNetCore.Transport;

/// <summary>A connection of the transport: its descriptor, its two directions, and how it ends.</summary>
/// <remarks>
/// <para><b>Ends.</b> Four fields say what has ended. Each is set with a full fence and never cleared:
/// <list type="bullet">
/// <item><c>_abortReason</c>, by CAS: the connection is aborted. Reads throw the reason, the results of flushes are completed, and the peer
/// gets a reset.</item>
/// <item><c>_outputEnded</c>, by exchange: nothing is sent any more. <c>_closed</c>, by exchange: the descriptor is closed, or about to be.
/// Both are stored before the directions are woken (<see cref="ParkSlot"/>).</item>
/// <item><c>_told</c>, by exchange: <see cref="ConnectionClosed"/> is being cancelled. This happens on the thread pool, because it runs
/// users' callbacks.</item>
/// </list>
/// The peer's end is seen without a read, because the poller reports it. As in the framework's transport, the end of the peer's stream
/// cancels <see cref="ConnectionClosed"/>, and the input received before can still be read.
/// </para>
/// <para>As in the framework's, the server cannot half-close: completing the output closes the connection once all is sent.</para>
/// </remarks>
internal sealed partial class TransportConnection : ConnectionContext, IDuplexPipe
{
    /// <summary>The maximum number of unread bytes that are drained from the socket before it is closed. A socket closed with unread input
    /// resets the connection, and the peer may lose the last output. The framework's transport reads ahead by the same amount.</summary>
    private const int MostDrained = 1 << 20;

    /// <summary>The delay in nanoseconds before the application is told of the peer's end; see <see cref="InputEnded"/>.</summary>
    private const long Grace = 5_000_000;

    /// <summary>EBADF: the descriptor has been closed.</summary>
    private const int Closed = 9;

    private readonly SocketEntry _entry;
    private readonly TransportReader _reader;
    private readonly TransportWriter _writer;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closedSource = new();
    private readonly TaskCompletionSource _toldAll = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AddressFamily _family;
    private readonly Descriptor _handle;
    private IDuplexPipe _transport;
    private IDictionary<object, object?>? _items;
    private string? _connectionId;
    private Socket? _socket;
    private ConnectionAbortedException? _abortReason;
    private int _closed;
    private int _outputEnded;
    private int _toTell;
    private int _told;

    internal TransportConnection(TransportListener listener, Descriptor handle, EndPoint? remote)
    {
        _handle = handle;
        _family = listener.Family;
        _logger = listener.Logger;
        MemoryPool = listener.MemoryPool;
        LeastReceive = Math.Min(MemoryPool.MaxBufferSize, 4096) / 2;
        LocalEndPoint = _family == AddressFamily.Unix ? listener.EndPoint : NameOf(handle, _family);
        RemoteEndPoint = remote;
        _reader = new TransportReader(this, listener.Scheduler, trustsNothing: _family == AddressFamily.Unix);
        _writer = new TransportWriter(this, listener.Scheduler);
        _transport = this;
        ConnectionClosed = _closedSource.Token;
        _entry = new SocketEntry(this, handle, listener.Scheduler);
    }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public override string ConnectionId
    {
        get => _connectionId ??= ConnectionIds.Next();
        set => _connectionId = value;
    }

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public override IDuplexPipe Transport
    {
        get => _transport;
        set => _transport = value;
    }

    public override IFeatureCollection Features => this;

    public PipeReader Input => _reader;

    public PipeWriter Output => _writer;

    public MemoryPool<byte> MemoryPool { get; }

    /// <summary>The framework's socket over the same descriptor, created on demand. The transport closes the descriptor.</summary>
    public Socket Socket => _socket ??= new Socket(new SafeSocketHandle(_handle.DangerousGetHandle(), ownsHandle: false));

    /// <summary>If the last block has less room than this, a receive uses a new block.</summary>
    internal int LeastReceive { get; }

    internal Exception? AbortReason => Volatile.Read(ref _abortReason);

    internal bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>Whether nothing can be sent any more.</summary>
    internal bool IsOutputEnded => Volatile.Read(ref _outputEnded) != 0;

    /// <summary>Whether a read is parked.</summary>
    internal bool IsReading => _reader.Read.Slot.IsParked;

    /// <summary>Has the poller watch the connection.</summary>
    /// <exception cref="SocketException">The system refused.</exception>
    internal void Start() => _entry.Watch();

    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (abortReason is null)
        {
            End(); // the server ends a connection in this way when the peer has ended
        }
        else if (Interlocked.CompareExchange(ref _abortReason, abortReason, null) is null && !IsClosed)
        {
            Log.Aborted(_logger, ConnectionId, abortReason.Message);
            Close(reset: true);
        }
    }

    public override void Abort() => Abort(new ConnectionAbortedException("The connection was aborted by the application."));

    public override async ValueTask DisposeAsync()
    {
        _reader.Complete();
        _writer.Complete();
        await _toldAll.Task.ConfigureAwait(false);
        _closedSource.Dispose();
        _socket?.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Called when the peer has ended its stream. Tells the application after a delay, because the server then closes the
    /// connection: a response to earlier input that is being written (a quick one, or the refusal of a bad request) would be cut
    /// off.</summary>
    internal void InputEnded()
    {
        if (Interlocked.Exchange(ref _toTell, 1) == 0)
        {
            Scheduler scheduler = _reader.Read.Scheduler;
            scheduler.AddTimer(new TimerEntry(scheduler.Clock.Now + Grace, new Teller(this), 1));
        }
    }

    /// <summary>Returns whether all of the peer's input has been received. Called after the poller has reported the peer's end.</summary>
    internal unsafe bool IsAtEnd()
    {
        try
        {
            byte next;
            return Libc.Receive(_handle, &next, 1, Libc.DontWait | Libc.Peek) == 0;
        }
        catch (ObjectDisposedException)
        {
            return false; // the application is told by Close
        }
    }

    /// <summary>Called when the output is completed, and all of it is sent or will never be.</summary>
    internal void OutputSent() => Close(reset: false);

    /// <summary>Sends the bytes that flushes have deferred.</summary>
    internal void SendOwed() => _writer.SendOwed();

    internal unsafe int Receive(Span<byte> into, out int errno)
    {
        fixed (byte* pointer = into)
        {
            return Call(Transfer.Receive, pointer, into.Length, out errno);
        }
    }

    internal unsafe int Send(ReadOnlySpan<byte> bytes, out int errno)
    {
        fixed (byte* pointer = bytes)
        {
            return Call(Transfer.Send, pointer, bytes.Length, out errno);
        }
    }

    /// <summary>Sends the segments from <paramref name="head"/> on, as many as one system call takes.</summary>
    internal unsafe int SendGathered(BufferSegment head, int headIndex, out int errno)
    {
        const int Most = Pins.Length;
        Pins pins = default;
        Libc.Vector* vectors = stackalloc Libc.Vector[Most];
        int count = 0;
        try
        {
            for (BufferSegment? segment = head; segment is not null && count < Most; segment = segment.Following)
            {
                ReadOnlyMemory<byte> bytes = count == 0 ? segment.Memory[headIndex..] : segment.Memory;
                pins[count] = bytes.Pin();
                vectors[count] = new Libc.Vector { Start = pins[count].Pointer, Length = bytes.Length };
                count++;
            }

            Libc.Message message = new() { Vectors = vectors, VectorCount = count };
            return Call(Transfer.SendGathered, &message, 0, out errno);
        }
        finally
        {
            while (count > 0)
            {
                pins[--count].Dispose();
            }
        }
    }

    /// <summary>Makes one system call, and repeats it if a signal interrupts it.</summary>
    /// <param name="transfer">Which call.</param>
    /// <param name="what">The bytes, or the <see cref="Libc.Message"/>.</param>
    /// <param name="length">The number of bytes.</param>
    /// <param name="errno">The error, or <see cref="Libc.OK"/>.</param>
    /// <returns>The number of bytes moved; 0 if the call failed.</returns>
    private unsafe int Call(Transfer transfer, void* what, int length, out int errno)
    {
        while (true)
        {
            nint result;
            try
            {
                result = transfer switch
                {
                    Transfer.Receive => Libc.Receive(_handle, (byte*)what, length, Libc.DontWait),
                    Transfer.Send => Libc.Send(_handle, (byte*)what, length, Libc.DontWait | Libc.NoSignal),
                    _ => Libc.SendMessage(_handle, (Libc.Message*)what, Libc.DontWait | Libc.NoSignal),
                };
            }
            catch (ObjectDisposedException)
            {
                errno = Closed;
                return 0;
            }

            if (result >= 0)
            {
                errno = Libc.OK;
                return (int)result;
            }

            errno = Marshal.GetLastPInvokeError();
            if (errno != Libc.Interrupted)
            {
                return 0;
            }
        }
    }

    /// <summary>Called when a receive has failed. Returns the exception that the read throws.</summary>
    internal Exception ReceiveFailed(int errno)
    {
        TellClosed();
        if (AbortReason is { } reason)
        {
            return reason;
        }

        if (errno == Closed)
        {
            return new ConnectionAbortedException("The connection was closed by the application.");
        }

        SocketException cause = Errno.ToException(errno);
        Log.Failed(_logger, ConnectionId, cause.Message);
        return new ConnectionResetException(cause.Message, cause);
    }

    /// <summary>Called when a send has failed: nothing more can be sent.</summary>
    internal void SendFailed(int errno)
    {
        if (errno != Closed)
        {
            Log.Failed(_logger, ConnectionId, Errno.ToException(errno).Message);
        }

        TellClosed();
    }

    /// <summary>Called when no poller watches the connection any more.</summary>
    internal void Lost(Exception exception) => Abort(new ConnectionAbortedException(exception.Message, exception));

    private unsafe void Close(bool reset)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        SendOwed(); // the bytes flushed before
        Interlocked.Exchange(ref _outputEnded, 1);
        _entry.Stop();
        try
        {
            if (reset)
            {
                int* linger = stackalloc int[] { 1, 0 }; // on, with a time of 0: closing resets the connection
                _ = Libc.SetOption(_handle, Libc.SocketLevel, Libc.LingerOption, linger, 2 * sizeof(int));
            }
            else
            {
                _ = Libc.Shutdown(_handle, 1);
                Drain();
            }
        }
        catch (ObjectDisposedException)
        {
            // Cannot happen: only this method closes the descriptor.
        }

        _handle.Dispose();
        _reader.Read.Wake();
        _writer.Flush.Wake();
        TellClosed();
    }

    /// <summary>Ends both directions without a reset. The input received before can still be read, and then the end. The descriptor stays
    /// open until the connection is disposed.</summary>
    private void End()
    {
        SendOwed(); // the bytes flushed before
        Interlocked.Exchange(ref _outputEnded, 1);
        try
        {
            _ = Libc.Shutdown(_handle, 2);
        }
        catch (ObjectDisposedException)
        {
            // The descriptor is already closed.
        }

        _writer.Flush.Wake();
        TellClosed();
    }

    private void Drain()
    {
        Span<byte> unused = stackalloc byte[4096];
        for (int drained = 0; drained < MostDrained;)
        {
            int received = Receive(unused, out _);
            if (received <= 0)
            {
                return;
            }

            drained += received;
        }
    }

    private void TellClosed()
    {
        if (Interlocked.Exchange(ref _told, 1) == 0)
        {
#pragma warning disable RS0030 // users' callbacks may block, and must not hold up the poller
            ThreadPool.UnsafeQueueUserWorkItem(static self => self.CancelToken(), this, preferLocal: false);
#pragma warning restore RS0030
        }
    }

    private void CancelToken()
    {
        try
        {
            _closedSource.Cancel();
        }
        catch (AggregateException exception)
        {
            Log.CallbackFailed(_logger, ConnectionId, exception);
        }

        _toldAll.TrySetResult();
    }

    private static unsafe EndPoint? NameOf(Descriptor handle, AddressFamily family)
    {
        const int MostAddress = 128;
        byte* address = stackalloc byte[MostAddress];
        int size = MostAddress;
        return Libc.LocalName(handle, address, &size) == 0 ? EpollSocket.ToEndPoint(family, new ReadOnlySpan<byte>(address, Math.Min(size, MostAddress))) : null;
    }

    private enum Transfer
    {
        Receive,
        Send,
        SendGathered,
    }

    [InlineArray(Length)]
    private struct Pins
    {
        internal const int Length = 16;

        private MemoryHandle _first;
    }

    /// <summary>The connection as the poller knows it.</summary>
    private sealed class SocketEntry(TransportConnection connection, Descriptor handle, Scheduler scheduler) : PollEntry(handle)
    {
        private protected override Scheduler Home => scheduler.IsStopping ? base.Home : scheduler;

        internal void Stop() => Unwatch();

        internal override void OnNews(uint events, Scheduler poller, ref GList ready)
        {
            bool ending = (events & (Libc.ReadHungUp | Libc.HungUp | Libc.Error)) != 0;
            if (ending || (events & Libc.Priority) != 0)
            {
                connection._reader.StopTrusting(ending);
            }

            bool reading = (ending || (events & (Libc.In | Libc.Priority)) != 0) && connection._reader.Read.AddNews();
            if (reading)
            {
                Add(connection._reader.Read, poller, ref ready);
            }

            if ((events & (Libc.Out | Libc.HungUp | Libc.Error)) != 0 && connection._writer.Flush.AddNews())
            {
                Add(connection._writer.Flush, poller, ref ready);
            }

            // A waiting read learns of the end before the callbacks of ConnectionClosed do, as it would from a receive loop.
            if ((events & (Libc.HungUp | Libc.Error)) != 0)
            {
                if (!reading)
                {
                    connection.TellClosed();
                }
            }
            else if (ending && !reading)
            {
                connection.InputEnded();
            }
        }

        private protected override void OnLost(Exception exception) => connection.Lost(exception);

        private static void Add(WorkItem item, Scheduler poller, ref GList ready)
        {
            if (ReferenceEquals(item.Scheduler, poller))
            {
                ready.Add(item);
            }
            else
            {
                item.Queue();
            }
        }
    }

    /// <summary>Tells the application of the peer's end when <see cref="Grace"/> is over.</summary>
    private sealed class Teller(TransportConnection connection) : ITimed
    {
        public bool IsArmed(int arming) => Volatile.Read(ref connection._told) == 0;

        public void Expire(int arming) => connection.TellClosed();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Connection id \"{ConnectionId}\" aborted: {Reason}", EventName = "Aborted")]
        internal static partial void Aborted(ILogger logger, string connectionId, string reason);

        [LoggerMessage(2, LogLevel.Debug, "Connection id \"{ConnectionId}\" broke: {Reason}", EventName = "Failed")]
        internal static partial void Failed(ILogger logger, string connectionId, string reason);

        [LoggerMessage(3, LogLevel.Error, "Connection id \"{ConnectionId}\": a callback of ConnectionClosed has thrown.", EventName = "CallbackFailed")]
        internal static partial void CallbackFailed(ILogger logger, string connectionId, Exception exception);
    }
}
