using System.Globalization;
using System.Text;

namespace Goroutines.Diagnostics;

/// <summary>Writes an HTTP/1.1 body in chunks. If its writer throws, the last chunk is missing, which tells the reader that the body was
/// cut off.</summary>
internal sealed class ChunkedStream(Stream connection) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return; // an empty chunk would end the body
        }

        string size = string.Create(CultureInfo.InvariantCulture, $"{buffer.Length:x}\r\n");
        byte[] chunk = [.. Encoding.ASCII.GetBytes(size), .. buffer.Span, .. "\r\n"u8];
        await connection.WriteAsync(chunk, cancellationToken).ConfigureAwait(false);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => connection.Write([.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{count:x}\r\n")), .. buffer.AsSpan(offset, count), .. "\r\n"u8]);

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Writes the last chunk.</summary>
    internal ValueTask EndAsync(CancellationToken cancellationToken) => connection.WriteAsync("0\r\n\r\n"u8.ToArray(), cancellationToken);
}
