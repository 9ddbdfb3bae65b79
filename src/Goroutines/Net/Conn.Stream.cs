using System.Buffers;
using Goroutines.Runtime;

namespace Goroutines.Net;

/// <summary>The members of <see cref="Stream"/>.</summary>
public sealed partial class Conn
{
    private const int CopyBytes = 65_536;

    private int _readTimeout = Timeout.Infinite;
    private int _writeTimeout = Timeout.Infinite;

    /// <summary>True until it is disposed.</summary>
    public override bool CanRead => !_socket.IsDisposed;

    /// <summary>True until it is disposed.</summary>
    public override bool CanWrite => !_socket.IsDisposed;

    /// <summary>False.</summary>
    public override bool CanSeek => false;

    /// <summary>True.</summary>
    public override bool CanTimeout => true;

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Length => throw NoSeeking();

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Position
    {
        get => throw NoSeeking();
        set => throw NoSeeking();
    }

    /// <summary>Gets or sets how long a synchronous read may take, in milliseconds; <see cref="Timeout.Infinite"/> (the default): without limit. See <see cref="ReadDeadline"/> for all reads.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0 or a negative number other than <see cref="Timeout.Infinite"/>.</exception>
    public override int ReadTimeout
    {
        get => _readTimeout;
        set => _readTimeout = CheckedTimeout(value);
    }

    /// <summary>Gets or sets how long a synchronous write may take, in milliseconds; <see cref="Timeout.Infinite"/> (the default): without limit. See <see cref="WriteDeadline"/> for all writes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0 or a negative number other than <see cref="Timeout.Infinite"/>.</exception>
    public override int WriteTimeout
    {
        get => _writeTimeout;
        set => _writeTimeout = CheckedTimeout(value);
    }

    /// <summary>Reads what has come, waiting for at least a byte.</summary>
    /// <param name="buffer">Takes the bytes. An empty one waits until there is something to read, and reads nothing.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The number of bytes; 0 at the end of what the peer sends. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; nothing was read.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed, before or while it waited.</exception>
    /// <exception cref="IOException">The deadline has passed (inner exception: <see cref="TimeoutException"/>), or the connection is broken (<see cref="System.Net.Sockets.SocketException"/> inside).</exception>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => _socket.ReceiveAsync(buffer, cancellationToken);

    /// <inheritdoc cref="ReadAsync(Memory{byte}, CancellationToken)"/>
    /// <param name="buffer">Takes the bytes.</param>
    /// <param name="offset">Where in <paramref name="buffer"/> they begin.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ArgumentNullException"><paramref name="buffer"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> and <paramref name="count"/> are no part of <paramref name="buffer"/>.</exception>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>Reads what has come, waiting for at least a byte: parks a goroutine with a stack of its own, else blocks the thread.</summary>
    /// <param name="buffer">As for <see cref="ReadAsync(Memory{byte}, CancellationToken)"/>.</param>
    /// <returns>As for <see cref="ReadAsync(Memory{byte}, CancellationToken)"/>.</returns>
    /// <exception cref="ObjectDisposedException">As for <see cref="ReadAsync(Memory{byte}, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">As for <see cref="ReadAsync(Memory{byte}, CancellationToken)"/>; also past the <see cref="ReadTimeout"/>.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_readTimeout == Timeout.Infinite)
        {
            return _socket.Receive(buffer);
        }

        byte[] array = new byte[buffer.Length];
        int read = WithTimeout("read", _readTimeout, token => _socket.ReceiveAsync(array, token));
        array.AsSpan(0, read).CopyTo(buffer);
        return read;
    }

    /// <inheritdoc cref="Read(Span{byte})"/>
    /// <param name="buffer">Takes the bytes.</param>
    /// <param name="offset">Where in <paramref name="buffer"/> they begin.</param>
    /// <param name="count">How many at most.</param>
    /// <exception cref="ArgumentNullException"><paramref name="buffer"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> and <paramref name="count"/> are no part of <paramref name="buffer"/>.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    /// <summary>Reads a byte.</summary>
    /// <returns>The byte; −1 at the end.</returns>
    /// <exception cref="ObjectDisposedException">As for <see cref="Read(Span{byte})"/>.</exception>
    /// <exception cref="IOException">As for <see cref="Read(Span{byte})"/>.</exception>
    public override int ReadByte()
    {
        byte value = 0;
        return Read(new Span<byte>(ref value)) == 0 ? -1 : value;
    }

    /// <summary>Writes all of the buffer, waiting for room in the system's as often as it takes.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes when the system has taken all. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; part of it may have been sent.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed, before or while it waited.</exception>
    /// <exception cref="IOException">The deadline has passed (inner exception: <see cref="TimeoutException"/>), or the connection is broken (<see cref="System.Net.Sockets.SocketException"/> inside).</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        => _socket.SendAsync(buffer, cancellationToken);

    /// <summary>Writes all of several buffers, in order and as one write, without copying them together where the system takes them so (Go's <c>net.Buffers</c>; <c>writev</c>).</summary>
    /// <param name="buffers">The bytes. The list is read at once, the buffers until the write is over.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>As for <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="buffers"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">As for <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.</exception>
    /// <exception cref="ObjectDisposedException">As for <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">As for <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.</exception>
    public ValueTask WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> buffers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(buffers);
        return _socket.SendGatheredAsync([.. buffers], cancellationToken);
    }

    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    /// <param name="buffer">The bytes.</param>
    /// <param name="offset">Where in <paramref name="buffer"/> they begin.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ArgumentNullException"><paramref name="buffer"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> and <paramref name="count"/> are no part of <paramref name="buffer"/>.</exception>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>Writes all of the buffer: parks a goroutine with a stack of its own while there is no room, else blocks the thread.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <exception cref="ObjectDisposedException">As for <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">As for <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>; also past the <see cref="WriteTimeout"/>.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_writeTimeout == Timeout.Infinite)
        {
            _socket.Send(buffer);
            return;
        }

        byte[] array = buffer.ToArray();
        WithTimeout("write", _writeTimeout, async token =>
        {
            await _socket.SendAsync(array, token).ConfigureAwait(false);
            return 0;
        });
    }

    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    /// <param name="buffer">The bytes.</param>
    /// <param name="offset">Where in <paramref name="buffer"/> they begin.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentNullException"><paramref name="buffer"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> and <paramref name="count"/> are no part of <paramref name="buffer"/>.</exception>
    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    /// <summary>Writes a byte.</summary>
    /// <param name="value">The byte.</param>
    /// <exception cref="ObjectDisposedException">As for <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    /// <exception cref="IOException">As for <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    public override void WriteByte(byte value) => Write(new ReadOnlySpan<byte>(in value));

    /// <summary>Does nothing: writes go to the system at once.</summary>
    public override void Flush()
    {
    }

    /// <summary>Does nothing: writes go to the system at once.</summary>
    /// <param name="cancellationToken">Cancelled already: so is the task.</param>
    /// <returns>A completed task.</returns>
    public override Task FlushAsync(CancellationToken cancellationToken)
        => cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.CompletedTask;

    /// <summary>Copies what comes until the end to another stream. It holds no buffer while nothing comes.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="bufferSize">The size of the buffer that it borrows while something comes, in bytes.</param>
    /// <param name="cancellationToken">Ends it; what was read last may not have been written.</param>
    /// <returns>A task that ends after the last write.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="destination"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bufferSize"/> is not positive.</exception>
    /// <exception cref="NotSupportedException"><paramref name="destination"/> can't be written to.</exception>
    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        ValidateCopyToArguments(destination, bufferSize);
        bool inGoroutine = M.Current is { CurrentG: not null }; // it stays in it; no other context is of use here
        while (true)
        {
            await ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(inGoroutine);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(bufferSize, CopyBytes));
            try
            {
                int read;
                do
                {
                    read = await ReadAsync(buffer, cancellationToken).ConfigureAwait(inGoroutine);
                    if (read == 0)
                    {
                        return;
                    }

                    await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(inGoroutine);
                }
                while (read == buffer.Length);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>Begins a read, in the framework's old manner.</summary>
    /// <param name="buffer">As for <see cref="Read(byte[], int, int)"/>.</param>
    /// <param name="offset">As for <see cref="Read(byte[], int, int)"/>.</param>
    /// <param name="count">As for <see cref="Read(byte[], int, int)"/>.</param>
    /// <param name="callback">Called at the end.</param>
    /// <param name="state">Passed along.</param>
    /// <returns>The operation, for <see cref="EndRead"/>.</returns>
    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state)
        => TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    /// <summary>Ends a read; see <see cref="BeginRead"/>.</summary>
    /// <param name="asyncResult">The operation.</param>
    /// <returns>The number of bytes.</returns>
    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    /// <summary>Begins a write, in the framework's old manner.</summary>
    /// <param name="buffer">As for <see cref="Write(byte[], int, int)"/>.</param>
    /// <param name="offset">As for <see cref="Write(byte[], int, int)"/>.</param>
    /// <param name="count">As for <see cref="Write(byte[], int, int)"/>.</param>
    /// <param name="callback">Called at the end.</param>
    /// <param name="state">Passed along.</param>
    /// <returns>The operation, for <see cref="EndWrite"/>.</returns>
    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state)
        => TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state);

    /// <summary>Ends a write; see <see cref="BeginWrite"/>.</summary>
    /// <param name="asyncResult">The operation.</param>
    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    /// <summary>Not supported.</summary>
    /// <param name="offset">Ignored.</param>
    /// <param name="origin">Ignored.</param>
    /// <returns>Never.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Seek(long offset, SeekOrigin origin) => throw NoSeeking();

    /// <summary>Not supported.</summary>
    /// <param name="value">Ignored.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void SetLength(long value) => throw NoSeeking();

    private T WithTimeout<T>(string verb, int milliseconds, Func<CancellationToken, ValueTask<T>> operation)
    {
        // A context's timer is the runtime's: a source with a time of its own would need a thread of the pool.
        using CancelContext limit = GoContext.Background.WithTimeout(TimeSpan.FromMilliseconds(milliseconds));
        try
        {
            return ThreadWait.Wait(operation(limit.Token));
        }
        catch (OperationCanceledException)
        {
            throw _socket.TimedOut(verb);
        }
    }

    private static int CheckedTimeout(int value) => value > 0 || value == Timeout.Infinite
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A time-out must be positive, or Timeout.Infinite.");

    private static NotSupportedException NoSeeking() => new("A connection can't seek.");
}
