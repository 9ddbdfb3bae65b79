using System.ComponentModel;
using Microsoft.Win32.SafeHandles;

#pragma warning disable CA1068 // the order of the framework's parameters

namespace Goroutines.Race;

/// <summary>Replaces the methods of <see cref="Stream"/>: the buffer is memory, and what one strand writes may be what another reads
/// (Go's <c>ioSync</c>).</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Stream))]
public static class StreamShims
{
    /// <inheritdoc cref="Stream.Read(byte[], int, int)"/>
    public static int Read(Stream self, byte[] buffer, int offset, int count, int site)
    {
        RaceAccess.BeforeUnknown();
        int read = self.Read(buffer, offset, count);
        RaceRange.Access(buffer, offset, read, AccessKind.Write, site);
        RaceAccess.AfterUnknown();
        return read;
    }

    /// <inheritdoc cref="Stream.Read(Span{byte})"/>
    public static int Read(Stream self, Span<byte> buffer, int site)
    {
        RaceAccess.BeforeUnknown();
        int read = self.Read(buffer);
        RaceRange.Write<byte>(buffer[..read], site);
        RaceAccess.AfterUnknown();
        return read;
    }

    /// <inheritdoc cref="Stream.ReadExactly(Span{byte})"/>
    public static void ReadExactly(Stream self, Span<byte> buffer, int site)
    {
        RaceAccess.BeforeUnknown();
        RaceRange.Write<byte>(buffer, site);
        self.ReadExactly(buffer);
        RaceAccess.AfterUnknown();
    }

    /// <inheritdoc cref="Stream.ReadExactlyAsync(Memory{byte}, CancellationToken)"/>
    public static ValueTask ReadExactlyAsync(Stream self, Memory<byte> buffer, CancellationToken cancellationToken, int site)
    {
        RaceRange.Write<byte>(buffer.Span, site);
        RaceAccess.BeforeUnknown();
        ValueTask read = self.ReadExactlyAsync(buffer, cancellationToken);
        RaceAccess.AfterUnknown();
        return read;
    }

    /// <inheritdoc cref="Stream.Write(byte[], int, int)"/>
    public static void Write(Stream self, byte[] buffer, int offset, int count, int site)
    {
        RaceRange.Access(buffer, offset, count, AccessKind.Read, site);
        RaceAccess.BeforeUnknown();
        self.Write(buffer, offset, count);
        RaceAccess.AfterUnknown();
    }

    /// <inheritdoc cref="Stream.Write(ReadOnlySpan{byte})"/>
    public static void Write(Stream self, ReadOnlySpan<byte> buffer, int site)
    {
        RaceRange.Read(buffer, site);
        RaceAccess.BeforeUnknown();
        self.Write(buffer);
        RaceAccess.AfterUnknown();
    }

    /// <inheritdoc cref="Stream.ReadAsync(byte[], int, int)"/>
    public static Task<int> ReadAsync(Stream self, byte[] buffer, int offset, int count, int site)
        => ReadAsync(self, buffer, offset, count, CancellationToken.None, site);

    /// <inheritdoc cref="Stream.ReadAsync(byte[], int, int, CancellationToken)"/>
    public static Task<int> ReadAsync(Stream self, byte[] buffer, int offset, int count, CancellationToken cancellationToken, int site)
    {
        RaceRange.Access(buffer, offset, count, AccessKind.Write, site);
        RaceAccess.BeforeUnknown();
        Task<int> read = self.ReadAsync(buffer, offset, count, cancellationToken);
        RaceAccess.AfterUnknown();
        return read;
    }

    /// <inheritdoc cref="Stream.ReadAsync(Memory{byte}, CancellationToken)"/>
    public static ValueTask<int> ReadAsync(Stream self, Memory<byte> buffer, CancellationToken cancellationToken, int site)
    {
        RaceRange.Write<byte>(buffer.Span, site);
        RaceAccess.BeforeUnknown();
        ValueTask<int> read = self.ReadAsync(buffer, cancellationToken);
        RaceAccess.AfterUnknown();
        return read;
    }

    /// <inheritdoc cref="Stream.WriteAsync(byte[], int, int)"/>
    public static Task WriteAsync(Stream self, byte[] buffer, int offset, int count, int site)
        => WriteAsync(self, buffer, offset, count, CancellationToken.None, site);

    /// <inheritdoc cref="Stream.WriteAsync(byte[], int, int, CancellationToken)"/>
    public static Task WriteAsync(Stream self, byte[] buffer, int offset, int count, CancellationToken cancellationToken, int site)
    {
        RaceRange.Access(buffer, offset, count, AccessKind.Read, site);
        RaceAccess.BeforeUnknown();
        Task written = self.WriteAsync(buffer, offset, count, cancellationToken);
        RaceAccess.AfterUnknown();
        return written;
    }

    /// <inheritdoc cref="Stream.WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public static ValueTask WriteAsync(Stream self, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken, int site)
    {
        RaceRange.Read(buffer.Span, site);
        RaceAccess.BeforeUnknown();
        ValueTask written = self.WriteAsync(buffer, cancellationToken);
        RaceAccess.AfterUnknown();
        return written;
    }
}

/// <summary>Replaces the methods of <see cref="RandomAccess"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(RandomAccess))]
public static class RandomAccessShims
{
    /// <inheritdoc cref="RandomAccess.Read(SafeFileHandle, Span{byte}, long)"/>
    public static int Read(SafeFileHandle handle, Span<byte> buffer, long fileOffset, int site)
    {
        RaceAccess.BeforeUnknown();
        int read = RandomAccess.Read(handle, buffer, fileOffset);
        RaceRange.Write<byte>(buffer[..read], site);
        RaceAccess.AfterUnknown();
        return read;
    }

    /// <inheritdoc cref="RandomAccess.Write(SafeFileHandle, ReadOnlySpan{byte}, long)"/>
    public static void Write(SafeFileHandle handle, ReadOnlySpan<byte> buffer, long fileOffset, int site)
    {
        RaceRange.Read(buffer, site);
        RaceAccess.BeforeUnknown();
        RandomAccess.Write(handle, buffer, fileOffset);
        RaceAccess.AfterUnknown();
    }
}
