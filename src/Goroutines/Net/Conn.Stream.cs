using System.Buffers;
using Goroutines.Runtime;

namespace Goroutines.Net;

/// <summary>The members of <see cref="Stream"/>.</summary>
public sealed partial class Conn
{
    private const int CopyBytes = 65_536;

    private int _readTimeout = Timeout.Infinite;
    private int _writeTimeout = Timeout.Infinite;

    /// <summary>Gets whether the connection is open: true until it is disposed.</summary>
    public override bool CanRead => !_socket.IsDisposed;

    /// <summary>Gets whether the connection is open: true until it is disposed.</summary>
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

    /// <summary>Gets or sets how long a synchronous read may take, in milliseconds; <see cref="Timeout.Infinite"/> (the default) for no limit.
    /// <see cref="ReadDeadline"/> limits all reads.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0 or a negative number other than <see cref="Timeout.Infinite"/>.</exception>
    public override int ReadTimeout
    {
        get => _readTimeout;
        set => _readTimeout = CheckedTimeout(value);
    }

    /// <summary>Gets or sets how long a synchronous write may take, in milliseconds; <see cref="Timeout.Infinite"/> (the default) for no limit.
    /// <see cref="WriteDeadline"/> limits all writes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0 or a negative number other than <see cref="Timeout.Infinite"/>.</exception>
    public override int WriteTimeout
    {
        get => _writeTimeout;
        set => _writeTimeout = CheckedTimeout(value);
    }

    /// <summary>Waits until at least one byte is available, and reads the available bytes.</summary>
    /// <param name="buffer">Receives the bytes. With an empty buffer, the call waits until there is something to read, and reads nothing.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The number of bytes; 0 at the end of the stream. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; nothing was read.</exception>
    /// <exception cref="ObjectDisposedException">The connection was disposed before or during the wait.</exception>
    /// <exception cref="IOException">The deadline has passed (inner exception: <see cref="TimeoutException"/>), or the connection is broken (inner exception:
    /// <see cref="System.Net.Sockets.SocketException"/>).</exception>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => _socket.ReceiveAsync(buffer, cancellationToken);

    /// <inheritdoc cref="ReadAsync(Memory{byte}, CancellationToken)"/>
    /// <param name="buffer">Receives the bytes.</param>
    /// <param name="offset">The index in <paramref name="buffer"/> of the first byte.</param>
    /// <param name="count">The maximum number of bytes.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ArgumentNullException"><paramref name="buffer"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> and <paramref name="count"/> do not lie within <paramref name="buffer"/>.</exception>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>Waits until at least one byte is available, and reads the available bytes. A goroutine with its own stack parks; any other caller blocks its
    /// thread.</summary>
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
    /// <param name="buffer">Receives the bytes.</param>
    /// <param name="offset">The index in <paramref name="buffer"/> of the first byte.</param>
    /// <param name="count">The maximum number of bytes.</param>
    /// <exception cref="ArgumentNullException"><paramref name="buffer"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> and <paramref name="count"/> do not lie within <paramref name="buffer"/>.</exception>
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

    /// <summary>Writes the whole buffer, and waits for room in the system's buffer as often as necessary.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes when the system has accepted all bytes. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; part of it may have been sent.</exception>
    /// <exception cref="ObjectDisposedException">The connection was disposed before or during the wait.</exception>
    /// <exception cref="IOException">The deadline has passed (inner exception: <see cref="TimeoutException"/>), or the connection is broken (inner exception:
    /// <see cref="System.Net.Sockets.SocketException"/>).</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        => _socket.SendAsync(buffer, cancellationToken);

    /// <summary>Writes several buffers completely, in order and as one write, without copying them together where the system supports it (Go's
    /// <c>net.Buffers</c>; <c>writev</c>).</summary>
    /// <param name="buffers">The bytes. The list is read before the call returns; the buffers are read until the write is over.</param>
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
    /// <param name="offset">The index in <paramref name="buffer"/> of the first byte.</param>
    /// <param name="count">The number of bytes.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ArgumentNullException"><paramref name="buffer"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> and <paramref name="count"/> do not lie within <paramref name="buffer"/>.</exception>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>Writes the whole buffer. While there is no room, a goroutine with its own stack parks; any other caller blocks its thread.</summary>
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
    /// <param name="offset">The index in <paramref name="buffer"/> of the first byte.</param>
    /// <param name="count">The number of bytes.</param>
    /// <exception cref="ArgumentNullException"><paramref name="buffer"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> and <paramref name="count"/> do not lie within <paramref name="buffer"/>.</exception>
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
    /// <param name="cancellationToken">If it is already cancelled, the returned task is cancelled.</param>
    /// <returns>A completed task.</returns>
    public override Task FlushAsync(CancellationToken cancellationToken)
        => cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.CompletedTask;

    /// <summary>Copies all bytes until the end of the stream to another stream. It holds no buffer while it waits for bytes.</summary>
    /// <param name="destination">The stream to write to.</param>
    /// <param name="bufferSize">The size of the buffer that it rents while bytes arrive, in bytes.</param>
    /// <param name="cancellationToken">Cancels the copy; the bytes that were read last may not have been written.</param>
    /// <returns>A task that completes after the last write.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="destination"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bufferSize"/> is not positive.</exception>
    /// <exception cref="NotSupportedException"><paramref name="destination"/> can't be written to.</exception>
    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        ValidateCopyToArguments(destination, bufferSize);
        bool inGoroutine = M.Current is { CurrentG: not null }; // a goroutine stays in itself; no other context matters here
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

    /// <summary>Begins a read, with the framework's asynchronous programming model (APM).</summary>
    /// <param name="buffer">As for <see cref="Read(byte[], int, int)"/>.</param>
    /// <param name="offset">As for <see cref="Read(byte[], int, int)"/>.</param>
    /// <param name="count">As for <see cref="Read(byte[], int, int)"/>.</param>
    /// <param name="callback">Called when the operation has ended.</param>
    /// <param name="state">Passed to the callback.</param>
    /// <returns>The operation, for <see cref="EndRead"/>.</returns>
    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state)
        => TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    /// <summary>Ends a read; see <see cref="BeginRead"/>.</summary>
    /// <param name="asyncResult">The operation.</param>
    /// <returns>The number of bytes.</returns>
    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    /// <summary>Begins a write, with the framework's asynchronous programming model (APM).</summary>
    /// <param name="buffer">As for <see cref="Write(byte[], int, int)"/>.</param>
    /// <param name="offset">As for <see cref="Write(byte[], int, int)"/>.</param>
    /// <param name="count">As for <see cref="Write(byte[], int, int)"/>.</param>
    /// <param name="callback">Called when the operation has ended.</param>
    /// <param name="state">Passed to the callback.</param>
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
        // A context uses the runtime's timers; a CancellationTokenSource with a time-out would need a thread of the pool.
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
