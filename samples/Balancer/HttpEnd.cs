using System.Buffers.Text;
using Goroutines;
using Goroutines.Net;

namespace Balancer;

/// <summary>One end of an HTTP conversation, with buffers for unused input and unsent output. At most one goroutine reads and one writes at
/// a time.</summary>
internal sealed class HttpEnd(Conn conn, TimeSpan timeout) : IDisposable
{
    private const int HeadBytes = 16_384;

    private readonly byte[] _in = new byte[HeadBytes];
    private byte[] _out = new byte[4096];
    private int _start, _end;      // of the unused input
    private int _added;            // the length of the unsent output

    internal Conn Conn { get; } = conn;

    /// <summary>Gets whether bytes have arrived since the last call of <see cref="BeginAnswer"/>.</summary>
    internal bool HasAnswered { get; private set; }

    /// <summary>Gets whether all of a body has been read from this end. Its last piece may not have been sent on yet.</summary>
    internal bool HasReadBody { get; private set; }

    /// <summary>Gets whether any of the response has been sent to this end: then no other response can take its place.</summary>
    internal bool HasSent { get; private set; }

    /// <summary>Gets whether there is unused input.</summary>
    internal bool HasLeft => _end > _start;

    public void Dispose() => Conn.Dispose();

    /// <summary>Prepares for the next response: resets the flags and drops the unsent output.</summary>
    internal void BeginAnswer()
    {
        HasAnswered = false;
        HasReadBody = false;
        HasSent = false;
        _added = 0;
    }

    /// <summary>Sends an interim response. Any other response may follow it.</summary>
    /// <exception cref="EndException">The connection failed, or was too slow.</exception>
    internal async ValueTask FlushInterimAsync()
    {
        await FlushAsync();
        HasSent = false;
    }

    /// <summary>Reads until a head is complete.</summary>
    /// <param name="idle">The time that the first byte may take.</param>
    /// <param name="rest">The time that the rest may take.</param>
    /// <param name="cancelIdle">Ends the wait for the first byte. A head that has begun is still read.</param>
    /// <returns>The length of the head with its empty line; zero if the connection ended before it.</returns>
    /// <exception cref="HttpException">The head is too long, or ends in the middle.</exception>
    /// <exception cref="EndException">The connection failed, or was too slow.</exception>
    /// <exception cref="OperationCanceledException">The wait for the first byte was cancelled.</exception>
    internal async ValueTask<int> ReadHeadAsync(TimeSpan idle, TimeSpan rest, CancellationToken cancelIdle)
    {
        int looked = 0;
        bool hasBegun = false;
        while (true)
        {
            int found = _in.AsSpan(_start + looked, _end - _start - looked).IndexOf("\r\n\r\n"u8);
            if (found >= 0)
            {
                return looked + found + 4;
            }

            looked = Math.Max(0, _end - _start - 3);
            if (_end - _start == HeadBytes)
            {
                throw new HttpException(431, "the head is too long");
            }

            bool isEmpty = _end == _start;
            if (isEmpty || !hasBegun)
            {
                Conn.ReadDeadline = Go.Now + (isEmpty ? idle : rest);
                hasBegun = !isEmpty;
            }

            if (!await FillAsync(isEmpty ? cancelIdle : CancellationToken.None))
            {
                return isEmpty ? 0 : throw new HttpException(400, "the head ends in the middle");
            }
        }
    }

    /// <summary>Returns the head that was read. It is valid until <see cref="Use"/>.</summary>
    internal ReadOnlySpan<byte> Head(int length) => _in.AsSpan(_start, length);

    internal void Use(int count) => _start += count;

    /// <summary>Adds bytes to the unsent output.</summary>
    internal void Add(ReadOnlySpan<byte> bytes)
    {
        if (_added + bytes.Length > _out.Length)
        {
            Array.Resize(ref _out, Math.Max(_out.Length * 2, _added + bytes.Length));
        }

        bytes.CopyTo(_out.AsSpan(_added));
        _added += bytes.Length;
    }

    /// <summary>Moves the unused input to another end's output.</summary>
    internal void PassLeftTo(HttpEnd to)
    {
        to.Add(_in.AsSpan(_start, _end - _start));
        _start = _end;
    }

    /// <summary>Sends the output.</summary>
    /// <exception cref="EndException">The connection failed, or was too slow.</exception>
    internal async ValueTask FlushAsync()
    {
        if (_added == 0)
        {
            return;
        }

        HasSent = true;      // also if it fails, since a part may have been sent
        try
        {
            Conn.WriteDeadline = Go.Now + timeout;
            await Conn.WriteAsync(_out.AsMemory(0, _added));
            _added = 0;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            throw new EndException(this, exception);
        }
    }

    /// <summary>Passes a body on, piece by piece as it arrives. The last piece is flushed.</summary>
    /// <exception cref="EndException">One of the two connections failed, ended too early, or was too slow.</exception>
    /// <exception cref="HttpException">The chunks are malformed.</exception>
    internal async ValueTask PassBodyAsync(Framing framing, long length, HttpEnd to)
    {
        switch (framing)
        {
            case Framing.Length:
                await PassAsync(length, to);
                break;
            case Framing.Chunked:
                await PassChunksAsync(to);
                break;
            case Framing.UntilClose:
                do
                {
                    to.Add(_in.AsSpan(_start, _end - _start));
                    _start = _end;
                    await to.FlushAsync();
                }
                while (await MoreAsync());
                break;
        }

        HasReadBody = true;
        await to.FlushAsync();
    }

    private async ValueTask PassChunksAsync(HttpEnd to)
    {
        while (true)
        {
            int line = await ReadLineAsync(to);
            ReadOnlySpan<byte> text = _in.AsSpan(_start, line);
            int extension = text.IndexOf((byte)';');
            ReadOnlySpan<byte> number = (extension < 0 ? text : text[..extension]).TrimEnd(" \t"u8);
            if (number.Length is 0 or > 15 || !Utf8Parser.TryParse(number, out long size, out int used, 'x') || used != number.Length || size < 0)
            {
                throw new HttpException(400, "a chunk without a size");
            }

            if (size == 0)
            {
                break;
            }

            // The chunk's line and its bytes. The line end behind them follows.
            await PassAsync(line + 2 + size, to);
            if (await ReadLineAsync(to) != 0)
            {
                throw new HttpException(400, "a chunk that is longer than its size");
            }

            await PassAsync(2, to);
        }

        // The last chunk's line, then the trailers up to an empty line.
        int length;
        do
        {
            length = await ReadLineAsync(to);
            await PassAsync(length + 2, to);
        }
        while (length > 0);
    }

    /// <summary>Reads until a line is complete, without using it.</summary>
    /// <returns>The length of the line without its end.</returns>
    private async ValueTask<int> ReadLineAsync(HttpEnd to)
    {
        int found;
        while ((found = _in.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
        {
            if (_end - _start == HeadBytes)
            {
                throw new HttpException(400, "a line that is too long");
            }

            await NeedMoreAsync(to);
        }

        return found;
    }

    private async ValueTask PassAsync(long count, HttpEnd to)
    {
        while (true)
        {
            int now = (int)Math.Min(count, _end - _start);
            to.Add(_in.AsSpan(_start, now));
            _start += now;
            count -= now;
            if (count == 0)
            {
                return;
            }

            await NeedMoreAsync(to);
        }
    }

    private async ValueTask NeedMoreAsync(HttpEnd to)
    {
        await to.FlushAsync();      // input that has arrived must not wait for more
        if (!await MoreAsync())
        {
            throw new EndException(this, new IOException("the body ended too early"));
        }
    }

    private ValueTask<bool> MoreAsync()
    {
        Conn.ReadDeadline = Go.Now + timeout;
        return FillAsync(CancellationToken.None);
    }

    /// <summary>Reads once.</summary>
    /// <returns><see langword="true"/> if bytes arrived; <see langword="false"/> if the connection has ended.</returns>
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _in.AsSpan(_start, _end - _start).CopyTo(_in);
            (_start, _end) = (0, _end - _start);
        }

        try
        {
            int read = await Conn.ReadAsync(_in.AsMemory(_end), cancellationToken);
            _end += read;
            HasAnswered |= read > 0;
            return read > 0;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            throw new EndException(this, exception);
        }
    }
}
